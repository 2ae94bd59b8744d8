// Several masters as real processes on a real ZooKeeper: what becomes of agents, tasks and frameworks when the leader is
// killed, stopped past its session or asked to go. Where ZooKeeper is not installed this is skipped, with the reason said.
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OpenMasters, openMasters } from '../../src/cli/masters/open.ts';
import { SchedulerClient } from '../../src/client/scheduler.ts';
import type { Event } from '../../src/mesos/generated/scheduler.ts';
import { createRealWorld, type RealWorld } from '../../src/world/real/index.ts';
import { type Ensemble, MISSING, startEnsemble } from '../cluster/zookeeper/ensemble.ts';
import { freePort } from '../ports.ts';
import { DaemonProcess, until } from './daemon-processes.ts';
import { MctlHome } from './mctl-process.ts';

const SESSION_SECONDS = 4;
const SESSION = `--zk-session-timeout=${SESSION_SECONDS}secs`;

interface State {
  readonly pid: string;
  readonly leader: string;
  readonly elected_time: number;
  readonly slaves: readonly { readonly id: string; readonly active: boolean }[];
  readonly frameworks: readonly {
    readonly id: string;
    readonly connected: boolean;
    readonly tasks: readonly { readonly id: string; readonly state: string }[];
  }[];
}

/** One task that runs for ever, and everything its framework was told. */
class Framework {
  readonly told: string[] = [];
  readonly #masters: OpenMasters;
  readonly #client: SchedulerClient;
  #isLaunched = false;

  private constructor(world: RealWorld, masters: OpenMasters) {
    this.#masters = masters;
    this.#client = new SchedulerClient({
      world,
      masters: masters.places,
      framework: { user: process.env.USER ?? 'root', name: 'keeper', checkpoint: true, failover_timeout: 600 },
      listener: { event: (event) => this.#event(event) },
    });
    this.#client.start();
  }

  static async start(world: RealWorld, place: string): Promise<Framework> {
    return new Framework(world, await openMasters(world, [place], SESSION_SECONDS * 1000));
  }

  get id(): string {
    return this.#client.frameworkId ?? '';
  }

  get isSubscribed(): boolean {
    return this.#client.isSubscribed;
  }

  subscriptions(): number {
    return this.told.filter((what) => what === 'SUBSCRIBED').length;
  }

  reconcile(): void {
    void this.#client.reconcile([{ taskId: 'keeper-task' }]);
  }

  async stop(): Promise<void> {
    if (this.isSubscribed) await this.#client.teardown();
    this.#client.close();
    await this.#masters.close();
  }

  #event(event: Event): void {
    const { status } = event.update ?? {};
    if (event.type !== 'HEARTBEAT' && event.type !== 'OFFERS') {
      this.told.push(status === undefined ? (event.type ?? '') : `${status.task_id.value} ${status.state}`);
    }
    if (status !== undefined) void this.#client.acknowledge(status);
    for (const offer of event.offers?.offers ?? []) {
      if (this.#isLaunched) {
        void this.#client.decline([offer.id.value], { refuse_seconds: 600 });
        continue;
      }
      this.#isLaunched = true;
      const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
      const task = {
        name: 'keeper',
        task_id: { value: 'keeper-task' },
        agent_id: offer.agent_id,
        resources: [scalar('cpus', 0.1), scalar('mem', 32)].map((resource) => ({
          ...resource,
          allocation_info: { role: '*' },
        })),
        command: { value: 'echo $$ > pid; exec sleep 1000' },
      };
      void this.#client.accept([offer.id.value], [{ type: 'LAUNCH', launch: { task_infos: [task] } }]);
    }
  }
}

/** What still runs in sandboxes below that directory: tasks outlive their agent. */
function taskPids(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${directory}/`);
      } catch {
        return false; // It ended meanwhile.
      }
    })
    .map(Number);
}

/** The teardown of its framework may have ended it since we looked. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

describe.skipIf(MISSING !== undefined)('masters on ZooKeeper', () => {
  let ensemble: Ensemble;
  let directory: string;
  let world: RealWorld;
  let masters: DaemonProcess[];
  let agent: DaemonProcess;
  let framework: Framework;
  let path = '';
  let runs = 0;
  /** Processes of the task, as it was started. */
  let pids: number[] = [];

  beforeAll(async () => {
    ensemble = await startEnsemble();
    world = createRealWorld({ log: { level: 'silent' } });
  });
  afterAll(async () => {
    await world?.close();
    await ensemble?.stop();
  });

  const startMaster = async (name: string): Promise<DaemonProcess> => {
    const port = await freePort();
    const args = ['master', '--ip=127.0.0.1', `--port=${port}`, `--zk=${ensemble.url(path)}`, SESSION];
    return new DaemonProcess(name, `http://127.0.0.1:${port}`, args);
  };

  beforeEach(async () => {
    runs += 1;
    path = `/mesos-${runs}`;
    directory = mkdtempSync(join(tmpdir(), 'mctl-failover-'));
    masters = [await startMaster('first')];
    await until('the first master to lead', 30_000, async () => (await stateOf(masters[0])).slaves.length === 0);
    masters.push(await startMaster('second'));
    const zkFile = join(directory, 'zk');
    writeFileSync(zkFile, `${ensemble.url(path)}\n`);
    agent = new DaemonProcess('agent', '', [
      'agent',
      `--master=file://${zkFile}`,
      SESSION,
      '--ip=127.0.0.1',
      `--port=${await freePort()}`,
      `--work-dir=${directory}/agent`,
      `--runtime-dir=${directory}/agent/run`,
      '--isolation=posix/cpu,posix/mem',
      '--resources=cpus:1;mem:256;disk:1024',
      '--registration-backoff-factor=50ms',
    ]);
    framework = await Framework.start(world, ensemble.url(path));
    await until('the task to run', 30_000, () => framework.told.includes('keeper-task TASK_RUNNING'));
    pids = taskPids(directory);
    expect(pids).not.toEqual([]);
  });
  afterEach(async () => {
    await framework?.stop();
    await agent?.kill('SIGTERM');
    for (const pid of taskPids(directory)) killIfThere(pid);
    await Promise.all(masters.map((master) => master.kill('SIGKILL')));
    rmSync(directory, { recursive: true, force: true });
  });

  /** Throws unless it leads itself. */
  const stateOf = async (master: DaemonProcess | undefined): Promise<State> => {
    const response = await fetch(`${master?.url}/state`, { redirect: 'error', signal: AbortSignal.timeout(2_000) });
    if (!response.ok) throw new Error(`${master?.name} answered ${response.status}`);
    return (await response.json()) as State;
  };

  /** Everything is back with the second master, and nothing was lost on the way. */
  const continuesWith = async (second: DaemonProcess | undefined, agentId: string | undefined): Promise<void> => {
    await until('everything to be back', 30_000, async () => {
      const { slaves, frameworks } = await stateOf(second);
      return slaves.length === 1 && slaves[0]?.active === true && frameworks[0]?.connected === true;
    });
    // The master knows of its subscription before the framework itself does.
    await until('the framework to hear so', 30_000, () => framework.isSubscribed);
    const { slaves, frameworks } = await stateOf(second);
    expect([slaves[0]?.id, frameworks.map(({ id }) => id)]).toEqual([agentId, [framework.id]]);
    expect(frameworks[0]?.tasks.map(({ id, state }) => [id, state])).toEqual([['keeper-task', 'TASK_RUNNING']]);
    framework.told.length = 0;
    framework.reconcile();
    await until('the answer to a reconciliation', 30_000, () => framework.told.length > 0);
    expect(framework.told).toEqual(['keeper-task TASK_RUNNING']);
    expect(taskPids(directory)).toEqual(pids);
  };

  test('kill -9 of the leader: the other leads, and the task never noticed', async () => {
    const [first, second] = masters;
    const before = await stateOf(first);
    const place = `//localhost:${new URL(first?.url ?? '').port}/state`;
    await until('the second to say who leads', 30_000, async () => {
      const { status, headers } = await fetch(`${second?.url}/state`, { redirect: 'manual' });
      return status === 307 && headers.get('location') === place;
    });
    const killedMs = performance.now();
    await first?.kill('SIGKILL');
    await until('the second to lead', 30_000, async () => (await stateOf(second)).leader !== before.leader);
    const leadsMs = performance.now() - killedMs;
    await continuesWith(second, before.slaves[0]?.id);
    const backMs = performance.now() - killedMs;
    console.info(
      `leader killed, session time-out ${SESSION_SECONDS} s: ${(leadsMs / 1000).toFixed(1)} s to the next acting leader, ` +
        `${(backMs / 1000).toFixed(1)} s until agent and framework were back`,
    );
    const home = new MctlHome();
    const { stdout } = await home.run('agent', 'list', '-o', 'name', '--master', ensemble.url(path));
    home.remove();
    expect(stdout.trim()).toBe(before.slaves[0]?.id);
  });

  test('a leader that was stopped past its session ends by itself when it wakes, having done nothing more', async () => {
    const [first, second] = masters;
    const before = await stateOf(first);
    process.kill(first?.pid ?? 0, 'SIGSTOP');
    await until('the second to lead', 30_000, async () => (await stateOf(second)).leader !== before.leader);
    await continuesWith(second, before.slaves[0]?.id);
    process.kill(first?.pid ?? 0, 'SIGCONT');
    const wokenMs = performance.now();
    await until('the first to end', 30_000, () => first?.exitCode !== null);
    expect(first?.exitCode).toBe(1);
    expect(first?.output).toContain('Lost leadership');
    expect(performance.now() - wokenMs).toBeLessThan(5_000);
    await continuesWith(second, before.slaves[0]?.id);
  });

  test('SIGTERM of the leader: the other leads at once', async () => {
    const [first, second] = masters;
    const before = await stateOf(first);
    const sentMs = performance.now();
    const gone = first?.kill('SIGTERM');
    await until('the second to lead', 30_000, async () => (await stateOf(second)).leader !== before.leader);
    console.info(`leader asked to end: ${Math.round(performance.now() - sentMs)} ms to the next acting leader`);
    await gone;
    expect(first?.exitCode).toBe(0);
    await continuesWith(second, before.slaves[0]?.id);
  });
});
