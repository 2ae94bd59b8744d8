// Persistent volumes with real processes, from `mctl volume create` to `mctl volume destroy`: their data outlives tasks, the agent
// process and the agent's id. One cluster, and one story: each test begins where the one before it ended.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SchedulerClient } from '../../src/client/scheduler.ts';
import type { Offer, Resource, TaskState } from '../../src/mesos/generated/v1.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { DaemonSet, getJson, until } from './daemon-processes.ts';
import { MctlHome } from './mctl-process.ts';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const isLinux = existsSync('/proc/self/environ');

interface Volume {
  readonly id: string;
  readonly role: string;
  readonly agent: string;
  readonly shared: boolean;
  readonly tasks: readonly string[];
}

/** A framework of the role `web`, which launches one task on the volume when it is offered it. */
class Writer {
  readonly states: TaskState[] = [];
  readonly #client: SchedulerClient;
  #isLaunched = false;

  constructor(master: string, command: string, containerPath: string) {
    this.#client = new SchedulerClient({
      world: createRealWorld({ log: { level: 'silent' } }),
      masters: [master],
      framework: {
        user: process.env.USER ?? 'root',
        name: 'writer',
        roles: ['web'],
        checkpoint: true,
        failover_timeout: 600,
        capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }, { type: 'PARTITION_AWARE' }],
      },
      listener: {
        event: ({ offers, update }) => {
          for (const offer of offers?.offers ?? []) this.#answer(offer, command, containerPath);
          if (update === undefined) return;
          this.states.push(update.status.state);
          void this.#client.acknowledge(update.status);
        },
      },
    });
    this.#client.start();
  }

  kill(): void {
    void this.#client.kill('writer');
  }

  async leave(): Promise<void> {
    if (this.#client.isSubscribed) await this.#client.teardown();
    this.#client.close();
  }

  #answer({ id, agent_id, resources = [] }: Offer, value: string, container_path: string): void {
    const volume = resources.find(({ disk }) => disk?.persistence?.id === 'db-1');
    if (volume === undefined || this.#isLaunched) {
      void this.#client.decline([id.value], { refuse_seconds: this.#isLaunched ? 600 : 0.1 });
      return;
    }
    this.#isLaunched = true;
    const part = (name: string, amount: number): Resource => ({
      name,
      type: 'SCALAR',
      scalar: { value: amount },
      allocation_info: { role: 'web' },
    });
    const there: Resource = { ...volume, disk: { ...volume.disk, volume: { container_path, mode: 'RW' } } };
    const task = { name: 'writer', task_id: { value: 'writer' }, agent_id, command: { value } };
    const launch = { task_infos: [{ ...task, resources: [part('cpus', 0.2), part('mem', 32), there] }] };
    void this.#client.accept([id.value], [{ type: 'LAUNCH', launch }], { refuse_seconds: 600 });
  }
}

describe.skipIf(!isBuilt || !isLinux)('persistent volumes (needs Linux and `npm run build`)', () => {
  const home = new MctlHome();
  let daemons: DaemonSet;
  let writer: Writer;
  let master: string;
  /** Below which the volumes of the role are. */
  let place: string;
  let bytes: Buffer;

  beforeAll(async () => {
    const masterFlags = ['--allocation-interval=100ms'];
    daemons = await DaemonSet.start({ agents: 1, resources: 'cpus:2;mem:512;disk:1024', masterFlags });
    master = daemons.master.url.slice('http://'.length);
    place = join(daemons.directory, 'agent-1', 'volumes', 'roles', 'web');
  });
  afterAll(async () => {
    await writer?.leave();
    await daemons?.stop();
    home.remove();
  });

  const at = (...words: string[]): string[] => [...words, '--master', master];
  const ask = <T>(...words: string[]): Promise<T> => home.json<T>(...at(...words));
  const volumes = (): Promise<Volume[]> => ask<Volume[]>('volume', 'list');
  /** What the command writes, on volumes as --volume takes them. */
  const run = (command: string, ...given: string[]) =>
    home.run(...at('run', '--mem', '32', ...given.flatMap((one) => ['--volume', one])), '--', command);

  test('are made of what is reserved, and a task sees its own at the path that it asks for', async () => {
    const [agent = ''] = await daemons.agentIds();
    expect(await ask('agent', 'reserve', agent, '--role', 'web', '--resources', 'disk:192')).toMatchObject({
      reservations: [{ role: 'web', kind: 'dynamic', resources: { disk: 192 } }],
    });
    const create = (id: string, size: string, ...flags: string[]) =>
      ask<Volume[]>('volume', 'create', id, '--agent', agent, '--role', 'web', '--size', size, ...flags);
    expect(await create('db-1', '64')).toMatchObject([{ id: 'db-1', role: 'web', agent, shared: false }]);
    expect(await create('pages', '64', '--shared')).toMatchObject([{ id: 'pages', shared: true }]);
    expect(readdirSync(place).sort()).toEqual(['db-1', 'pages']);

    const command = 'head -c 100000 /dev/urandom > in/here/bytes && touch in/here/done && exec sleep 600';
    writer = new Writer(daemons.master.url, command, 'in/here');
    await until('the task has written', 30_000, () => existsSync(join(place, 'db-1', 'done')));
    bytes = readFileSync(join(place, 'db-1', 'bytes'));
    expect(bytes.length).toBe(100_000);
    await until('it is told', 30_000, async () => (await volumes())[0]?.tasks[0] === 'writer');
  });

  test('in use, are neither destroyed nor given to others, also when their agent has been killed and started again', async () => {
    const [agent] = daemons.agents;
    await agent?.kill('SIGKILL');
    agent?.restart();
    await until('the agent is back', 30_000, async () => {
      const { slaves } = await getJson<{ slaves: { reregistered_time?: number }[] }>(`${daemons.master.url}/slaves`);
      return slaves[0]?.reregistered_time !== undefined;
    });
    const waiting = home.run(...at('run', '--volume', 'db-1', '--timeout', '2s'), '--', 'true');
    expect(await home.run(...at('volume', 'destroy', 'db-1', '--yes'))).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/olume 'db-1' of 'web' on .* is in use by task writer/),
    });
    const { code, stderr } = await waiting;
    expect([code, stderr]).toEqual([5, expect.stringMatching(/olume 'db-1' on agent .* is in use by task writer/)]);
    expect(writer.states).not.toContain('TASK_LOST');
    expect(readFileSync(join(place, 'db-1', 'bytes')).equals(bytes)).toBe(true);
  });

  test('have what the task left in them for the next one, whatever ended it', async () => {
    writer.kill();
    await until('it is killed', 30_000, () => writer.states.includes('TASK_KILLED'));
    await writer.leave();
    const { stdout, code } = await run('base64 -w 0 again/bytes', 'db-1:again');
    expect([code, Buffer.from(stdout, 'base64').equals(bytes)]).toEqual([0, true]);
  });

  test('are used by several at the same time when they are shared', async () => {
    const log = 'until grep -q two pages/log; do sleep 0.05; done; cat pages/log';
    const [one, two] = await Promise.all([
      run(`echo one >> pages/log; ${log}`, 'pages'),
      run('until grep -q one mine/log; do sleep 0.05; done; echo two >> mine/log', 'web/pages:mine'),
    ]);
    expect([one, two]).toMatchObject([{ code: 0, stdout: 'one\ntwo\n' }, { code: 0 }]);
  });

  test('are gone with their data when they are destroyed, and the disk is there for the next', async () => {
    expect(await ask('volume', 'destroy', 'db-1', '--yes')).toMatchObject([{ id: 'db-1' }]);
    await until('the directory is gone', 30_000, () => !existsSync(join(place, 'db-1')));
    expect((await volumes()).map(({ id }) => id)).toEqual(['pages']);
    const missing = await run('true', 'db-1');
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("There is no volume 'db-1'")]);
  });

  test('come back with the agent that its machine has after the one that is gone', async () => {
    const [daemon] = daemons.agents;
    const [before = ''] = await daemons.agentIds();
    await ask('agent', 'gone', before, '--yes');
    await until('the agent has ended', 30_000, () => daemon?.exitCode !== null);
    expect(await volumes()).toEqual([]);
    daemon?.restart();
    await daemons.whenRegistered();
    const [after = ''] = await daemons.agentIds();
    expect(after).not.toBe(before);
    expect(await volumes()).toMatchObject([{ id: 'pages', role: 'web', agent: after, shared: true, tasks: [] }]);
    expect(await run('cat data/log', 'pages:data')).toMatchObject({ code: 0, stdout: 'one\ntwo\n' });
    // Its free disk is still reserved, too.
    const shown = await ask<{ reservations: object[] }>('agent', 'show', after);
    expect(shown.reservations).toMatchObject([{ role: 'web', resources: { disk: 192 }, inVolumes: 64 }]);
  });
});
