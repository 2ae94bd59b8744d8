// What operators have decided outlives the master that they told it: the leader is killed while there are weights, a quota,
// reserved resources, a volume, a drained, a draining and a deactivated agent, and machines that are or will be away.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenMasters, openMasters } from '../../src/cli/masters/open.ts';
import { SchedulerClient } from '../../src/client/scheduler.ts';
import type { Call, Response } from '../../src/mesos/generated/master.ts';
import type { Offer, Resource } from '../../src/mesos/generated/v1.ts';
import { createRealWorld, type RealWorld } from '../../src/world/real/index.ts';
import { type Ensemble, MISSING, startEnsemble } from '../cluster/zookeeper/ensemble.ts';
import { freePort } from '../ports.ts';
import { DaemonProcess, removeCgroups, until } from './daemon-processes.ts';
import { MctlHome } from './mctl-process.ts';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const SESSION = '--zk-session-timeout=2secs';
const AGENTS = ['holding', 'drained', 'deactivated', 'leaving', 'draining'] as const;
const LEAVING = { hostname: 'leaving', ip: '127.0.0.5' };
/** A machine without an agent, which is away. */
const GHOST = { hostname: 'ghost', ip: '10.0.0.9' };

let directory: string;
let home: MctlHome;
const agents = new Map<string, DaemonProcess>();
let ensemble: Ensemble;
let world: RealWorld;
let elected: OpenMasters;
let stubborn: Stubborn;
/** The first leads, or will. */
let masters: DaemonProcess[] = [];

const cgroups = (name: string): string => `${directory.split('/').pop()}-${name}`;

async function startMaster(name: string): Promise<DaemonProcess> {
  const port = await freePort();
  const flags = ['--ip=127.0.0.1', `--port=${port}`, `--zk=${ensemble.url('/mesos')}`, SESSION];
  return new DaemonProcess(name, `http://127.0.0.1:${port}`, ['master', ...flags, '--allocation-interval=100ms']);
}

async function startAgent(name: string, ip: string): Promise<DaemonProcess> {
  const work = join(directory, name);
  mkdirSync(work);
  return new DaemonProcess(name, '', [
    'agent',
    `--master=${ensemble.url('/mesos')}`,
    SESSION,
    `--ip=${ip}`,
    `--hostname=${name}`,
    `--port=${await freePort()}`,
    `--work-dir=${work}`,
    `--runtime-dir=${work}/run`,
    `--cgroups-root=${cgroups(name)}`,
    '--resources=cpus:2;mem:512;disk:1024',
    '--registration-backoff-factor=50ms',
  ]);
}

/** Throws unless the master leads. */
async function ask(call: Call): Promise<Response> {
  const answer = await fetch(`${masters[0]?.url}/api/v1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(call),
    redirect: 'error',
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${call.type}: ${answer.status} ${text}`);
  return text === '' ? { type: 'UNKNOWN' } : JSON.parse(text);
}

const leads = (): Promise<void> =>
  until('a master leads', 30_000, async () => (await ask({ type: 'GET_FLAGS' })) && true);
const registered = async () => (await ask({ type: 'GET_AGENTS' })).get_agents?.agents ?? [];
const isWhole = (): Promise<void> =>
  until('all agents are registered', 30_000, async () => (await registered()).length === AGENTS.length);

/** All that was decided, as text that can be compared. */
async function decided(): Promise<string> {
  const ofAgents = (await registered()).map(
    ({ agent_info, active, deactivated, drain_info, total_resources = [] }) => ({
      ...{ name: agent_info.hostname, id: agent_info.id?.value, active, deactivated, drain_info },
      resources: total_resources.map((one) => JSON.stringify(one)).sort(),
    }),
  );
  const all = [
    (await ask({ type: 'GET_WEIGHTS' })).get_weights,
    (await ask({ type: 'GET_QUOTA' })).get_quota,
    (await ask({ type: 'GET_MAINTENANCE_SCHEDULE' })).get_maintenance_schedule,
    (await ask({ type: 'GET_MAINTENANCE_STATUS' })).get_maintenance_status,
    ofAgents.sort((a, b) => (a.name < b.name ? -1 : 1)),
  ];
  return JSON.stringify(all, null, 1);
}

async function decide(): Promise<void> {
  const idOf = new Map((await registered()).map(({ agent_info: { hostname, id } }) => [hostname, id]));
  const agent = (name: (typeof AGENTS)[number]) => ({ agent_id: idOf.get(name) ?? { value: '' } });
  const reservations = [{ type: 'DYNAMIC' as const, role: 'web' }];
  const amount = (name: string, value: number): Resource => ({ name, type: 'SCALAR', scalar: { value }, reservations });
  const resources = [amount('cpus', 1), amount('mem', 128), amount('disk', 128)];
  await ask({ type: 'RESERVE_RESOURCES', reserve_resources: { ...agent('holding'), resources } });
  const disk = { persistence: { id: 'db' }, volume: { container_path: 'db', mode: 'RW' as const } };
  const volumes = [{ ...amount('disk', 64), disk }];
  await ask({ type: 'CREATE_VOLUMES', create_volumes: { ...agent('holding'), volumes } });
  await ask({ type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: [{ role: 'web', weight: 2.5 }] } });
  const quota = { role: 'web', guarantees: { cpus: { value: 1 } }, limits: { cpus: { value: 1.5 } } };
  await ask({ type: 'UPDATE_QUOTA', update_quota: { quota_configs: [quota] } });
  await ask({ type: 'DRAIN_AGENT', drain_agent: agent('drained') });
  await ask({ type: 'DRAIN_AGENT', drain_agent: { ...agent('draining'), max_grace_period: { seconds: 600 } } });
  await ask({ type: 'DEACTIVATE_AGENT', deactivate_agent: agent('deactivated') });
  const unavailability = { start: { nanoseconds: 4e18 }, duration: { nanoseconds: 600e9 } };
  const schedule = { windows: [{ machine_ids: [LEAVING, GHOST], unavailability }] };
  await ask({ type: 'UPDATE_MAINTENANCE_SCHEDULE', update_maintenance_schedule: { schedule } });
  await ask({ type: 'START_MAINTENANCE', start_maintenance: { machines: [GHOST] } });
}

/** A task on the agent that is drained, which ends when the file `stay` is gone and no sooner. */
class Stubborn {
  readonly told: string[] = [];
  readonly #client: SchedulerClient;
  readonly #stay: string;

  constructor(world: RealWorld, { places }: OpenMasters, stay: string) {
    this.#stay = stay;
    this.#client = new SchedulerClient({
      world,
      masters: places,
      framework: {
        ...{
          user: process.env.USER ?? 'root',
          name: 'stubborn',
          roles: ['*'],
          checkpoint: true,
          failover_timeout: 600,
        },
        capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }, { type: 'TASK_KILLING_STATE' }],
      },
      listener: {
        event: ({ offers, update }) => {
          for (const offer of offers?.offers ?? []) this.#answer(offer);
          if (update === undefined) return;
          this.told.push(`${update.status.state} ${update.status.reason ?? ''}`.trim());
          void this.#client.acknowledge(update.status);
        },
      },
    });
    this.#client.start();
  }

  async leave(): Promise<void> {
    if (this.#client.isSubscribed) await this.#client.teardown();
    this.#client.close();
  }

  #answer({ id, agent_id, hostname }: Offer): void {
    const filters = { refuse_seconds: 600 };
    if (hostname !== 'draining' || this.told.length > 0) return void this.#client.decline([id.value], filters);
    const part = (name: string, value: number): Resource => ({
      ...{ name, type: 'SCALAR', scalar: { value }, allocation_info: { role: '*' } },
    });
    const task = {
      ...{
        name: 'stubborn',
        task_id: { value: 'stubborn' },
        agent_id,
        resources: [part('cpus', 0.1), part('mem', 32)],
      },
      command: { value: `trap "" TERM; while test -e ${this.#stay}; do sleep 0.1; done` },
      kill_policy: { grace_period: { nanoseconds: 600e9 } },
    };
    void this.#client.accept([id.value], [{ type: 'LAUNCH', launch: { task_infos: [task] } }], filters);
  }
}

const webRuns = (words: readonly string[], command: string) =>
  home.run('run', '--role', 'web', '--mem', '32', ...words, '--master', ensemble.url('/mesos'), '--', command);

describe.skipIf(MISSING !== undefined || !isBuilt)(
  'decisions of operators (needs ZooKeeper and `npm run build`)',
  () => {
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'mctl-decisions-'));
      home = new MctlHome();
      ensemble = await startEnsemble();
      masters = [await startMaster('first')];
      for (const [index, name] of AGENTS.entries()) agents.set(name, await startAgent(name, `127.0.0.${index + 2}`));
      await leads();
      masters.push(await startMaster('second'));
      await isWhole();
      world = createRealWorld({ log: { level: 'silent' } });
      elected = await openMasters(world, [ensemble.url('/mesos')], 2_000);
      writeFileSync(join(directory, 'stay'), '');
      stubborn = new Stubborn(world, elected, join(directory, 'stay'));
    });
    afterAll(async () => {
      await stubborn?.leave();
      await elected?.close();
      await Promise.all([...agents.values(), ...masters].map((daemon) => daemon.kill('SIGKILL')));
      await ensemble?.stop();
      await world?.close();
      for (const name of AGENTS) await removeCgroups(cgroups(name));
      rmSync(directory, { recursive: true, force: true });
      home.remove();
    });

    test('are there after kill -9 of the leader, with agents that come back later, and still hold', async () => {
      const isTold = (what: string) => until(what, 20_000, () => stubborn.told.includes(what));
      await isTold('TASK_RUNNING');
      await decide();
      await isTold('TASK_KILLING REASON_AGENT_DRAINING');
      expect(await webRuns(['--volume', 'db'], 'echo kept > db/file')).toMatchObject({ code: 0 });
      await until('the agent is drained', 30_000, async () => (await decided()).includes('DRAINED'));
      const before = await decided();
      const parts = [
        '2.5',
        'guarantees',
        '"deactivated": true',
        'persistence',
        '4000000000000000000',
        'down_machines',
        'DRAINING',
      ];
      for (const part of parts) expect(before).toContain(part);

      const away = [agents.get('drained'), agents.get('deactivated')];
      await Promise.all([masters.shift(), ...away].map((daemon) => daemon?.kill('SIGKILL')));
      await leads();
      for (const agent of away) agent?.restart();
      await isWhole();
      expect(await decided()).toBe(before);
      rmSync(join(directory, 'stay'));
      await isTold('TASK_KILLED REASON_AGENT_DRAINING');
      await until('the other agent is drained', 30_000, async () => !(await decided()).includes('DRAINING'));

      // Not only remembered.
      const [read, ...nowhere] = await Promise.all([
        webRuns(['--volume', 'db:in'], 'cat in/file'),
        webRuns(['--cpus', '1.6', '--timeout', '3'], 'true'),
        webRuns(['--attr', 'hostname=deactivated', '--timeout', '3'], 'true'),
      ]);
      expect([read.code, read.stdout]).toEqual([0, 'kept\n']);
      expect(nowhere.map(({ code }) => code)).toEqual([5, 5]);
    });
  },
);
