// The master with everything around it that costs: a real master process, agents simulated in another one that speak the real
// protocol and come all at once with the tasks they run (recovered frameworks of 1,000 tasks), reads over HTTP, and tasks
// that end at once. References: section "real master and agent" of the recorded figures; there half of the tasks were
// completed ones, which agents of ours do not report, and the instant tasks had real agents and executors.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRealWorld } from '../src/world/real/index.ts';
import { eventually } from '../test/cluster/zookeeper/ensemble.ts';
import { DaemonProcess } from '../test/integration/daemon-processes.ts';
import { TaskLoad } from '../test/integration/task-load.ts';
import { freePort } from '../test/ports.ts';
import type { AgentsProgramOptions, AgentsProgress } from './failover-agents-main.ts';
import type { LoopDelay } from './failover-loop-main.ts';
import { HttpReader, readOf } from './http-reader.ts';
import { LoadGenerator } from './load-generator.ts';
import { loopDelay, loopEnvironment } from './loop-delay.ts';
import { CALL_RATES, INSTANT_TASKS, MASTERS, type MasterReference, OTHER_READS, RATES } from './master-reference.ts';
import { type Bench, type BenchRow, median, row } from './row.ts';

const AGENTS_PROGRAM = fileURLToPath(new URL('./failover-agents-main.ts', import.meta.url));
const PATIENCE_MS = 180_000;
const TASKS_PER_FRAMEWORK = 1000;
const READS = 3;
const RATE_CONNECTIONS = 16;
const CALL_CONNECTIONS = 8;
const RATE_MS = 3_000;
const WARM_UP_MS = 500;

export const run: Bench = async function* ({ quick, note }): AsyncGenerator<BenchRow> {
  for (const reference of quick ? MASTERS.slice(0, 1) : MASTERS) {
    note(`${reference.agents} agents, ${reference.tasks} tasks`);
    yield* measure(reference);
  }
  note('requests per second, two agents');
  yield* await rates(quick);
  for (const { tasks, batch, perSecond } of quick ? INSTANT_TASKS.slice(0, 1) : INSTANT_TASKS) {
    note(`${tasks} instant tasks, ${batch} to an offer`);
    yield await instantTasks(tasks, batch, perSecond);
  }
};

async function* measure(reference: MasterReference): AsyncGenerator<BenchRow> {
  const { agents, tasks, registration, residentMb, seconds } = reference;
  const at = `${agents} agents, ${tasks} tasks`;
  const master = await BusyMaster.start();
  const reader = new HttpReader();
  try {
    const registeredMs = await master.addAgents({
      agents,
      tasksPerAgent: tasks / agents,
      frameworks: Math.ceil(tasks / TASKS_PER_FRAMEWORK),
      backOffFactorMs: 1,
    });
    const turns = await master.loopDelay();
    yield row(`re-registration of all: ${at}`, registeredMs / 1000, registration, 's');
    yield* longestTurns(turns, at);
    yield row(`  the master's own time for it: ${at}`, turns.ownTotal / 1000, registration, 's');
    yield row(`resident memory: ${at}`, master.process.residentMb(), residentMb, 'MB');
    await verify(master.process.url, agents, tasks);
    const others = OTHER_READS.map((name) => [name, undefined] as const);
    for (const [name, reference] of [...Object.entries(seconds), ...others]) {
      await master.loopDelay();
      const reads: number[] = [];
      let megabytes = 0;
      for (let round = 0; round < READS; round++) {
        const read = await reader.ask(readOf(master.process.url, name));
        if (read.status !== 200) throw new Error(`${name} was answered with ${read.status}`);
        reads.push(read.seconds);
        megabytes = Math.round(read.bytes / 1e5) / 10;
      }
      yield row(`${name}, best of ${READS}: ${at} (${megabytes} MB)`, Math.min(...reads), reference, 's');
      const turns = await master.loopDelay();
      yield* longestTurns(turns, at);
      yield row(`  its own time for each: ${at}`, turns.ownTotal / READS / 1000, undefined, 's');
    }
    yield row(`resident memory after all of it: ${at}`, master.process.residentMb(), residentMb, 'MB');
  } finally {
    await reader.close();
    await master.stop();
  }
}

/** By the clock, and in time that the master itself took: on a busy machine only the latter is its own. */
function longestTurns({ max, ownMax }: LoopDelay, at: string): BenchRow[] {
  return [
    row(`  longest turn: ${at}`, max, undefined, 'ms'),
    row(`  longest turn, of its own: ${at}`, ownMax, undefined, 'ms'),
  ];
}

/** The cluster is what it should be, or the figures are of something else. */
async function verify(url: string, agents: number, tasks: number): Promise<void> {
  const response = await fetch(`${url}/metrics/snapshot`);
  const metrics = (await response.json()) as Record<string, number>;
  const found = [metrics['master/slaves_active'], metrics['master/tasks_running']];
  if (found[0] !== agents || found[1] !== tasks) throw new Error(`${found[0]} agents and ${found[1]} tasks were found`);
}

/** Requests of a few connections, one under way on each. */
async function rates(quick: boolean): Promise<BenchRow[]> {
  const master = await BusyMaster.start();
  const load = new LoadGenerator();
  const ms = quick ? 300 : RATE_MS;
  try {
    await master.addAgents({ agents: 2, tasksPerAgent: 0, backOffFactorMs: 1 });
    const rows: BenchRow[] = [];
    for (const [name, reference] of Object.entries(RATES)) {
      const status = name === '/nothing' ? 404 : 200;
      const wanted = { ...readOf(master.process.url, name), connections: RATE_CONNECTIONS, ms, status };
      // The original was compiled before it was measured.
      await load.ask({ ...wanted, ms: WARM_UP_MS });
      const { answers, seconds } = await load.ask(wanted);
      rows.push(row(`${name}, requests`, answers / seconds, reference, '/s', false));
    }
    rows.push(...(await callRates(master.process.url, load, ms)));
    return rows;
  } finally {
    await load.close();
    await master.stop();
  }
}

/** Calls of one framework that has no tasks. */
async function callRates(url: string, load: LoadGenerator, ms: number): Promise<BenchRow[]> {
  const framework = await Subscription.open(`${url}/api/v1/scheduler`);
  try {
    const rows: BenchRow[] = [];
    for (const { call, reference } of CALL_RATES) {
      const { answers, seconds } = await load.ask({
        url: `${url}/api/v1/scheduler`,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'mesos-stream-id': framework.streamId },
        body: JSON.stringify({ ...call, framework_id: { value: framework.frameworkId } }),
        connections: CALL_CONNECTIONS,
        ms,
        status: 202,
      });
      rows.push(row(`${call.type}, calls`, answers / seconds, reference, '/s', false));
    }
    return rows;
  } finally {
    await framework.close();
  }
}

/** The stream of a framework that lets all events pass. */
class Subscription {
  readonly streamId: string;
  readonly frameworkId: string;
  readonly #events: ReadableStreamDefaultReader<Uint8Array>;
  readonly #passing: Promise<void>;

  private constructor(streamId: string, frameworkId: string, events: ReadableStreamDefaultReader<Uint8Array>) {
    this.streamId = streamId;
    this.frameworkId = frameworkId;
    this.#events = events;
    this.#passing = this.#letPass();
  }

  static async open(url: string): Promise<Subscription> {
    const framework_info = { user: 'root', name: 'caller', roles: ['*'], capabilities: [{ type: 'MULTI_ROLE' }] };
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'SUBSCRIBE', subscribe: { framework_info } }),
    });
    const events = response.body?.getReader();
    if (events === undefined || !response.ok) throw new Error(`SUBSCRIBE was answered with ${response.status}`);
    let text = '';
    for (;;) {
      const id = /"framework_id":\{"value":"([^"]+)"/.exec(text)?.[1];
      if (id !== undefined) return new Subscription(response.headers.get('mesos-stream-id') ?? '', id, events);
      const { done, value } = await events.read();
      if (done) throw new Error(`there was no SUBSCRIBED: ${text}`);
      text += Buffer.from(value).toString();
    }
  }

  async #letPass(): Promise<void> {
    while (!(await this.#events.read()).done);
  }

  async close(): Promise<void> {
    await this.#events.cancel();
    await this.#passing;
  }
}

/** Through one framework on two agents; every update is acknowledged. */
async function instantTasks(tasks: number, batch: number, reference: number): Promise<BenchRow> {
  const world = createRealWorld({ log: { level: 'error' } });
  const master = await BusyMaster.start();
  try {
    await master.addAgents({
      agents: 2,
      tasksPerAgent: 0,
      resources: { cpus: 200, mem: 100_000 },
      backOffFactorMs: 1,
    });
    const load = new TaskLoad({ world, master: master.process.url, tasks, command: 'true', batch });
    const startMs = performance.now();
    load.start();
    await eventually(`${tasks} ends`, async () => load.ends.size === tasks || undefined, PATIENCE_MS);
    const perSecond = (tasks * 1000) / (performance.now() - startMs);
    for (const [id, states] of load.ends) {
      if (states.join() !== 'TASK_FINISHED') throw new Error(`Task ${id} ended as ${states.join()}`);
    }
    await load.teardown();
    const latency = Math.round(median(load.latenciesMs));
    return row(
      `${tasks} instant tasks, ${batch} to an offer (latency ${latency} ms)`,
      perSecond,
      reference,
      '/s',
      false,
    );
  } finally {
    await master.stop();
    await world.close();
  }
}

type Agents = Omit<AgentsProgramOptions, 'masters' | 'framework'>;

/** One real master and a process of agents. */
class BusyMaster {
  readonly #directory = mkdtempSync(join(tmpdir(), 'mctl-master-'));
  readonly process: DaemonProcess;
  #agents: ChildProcess | undefined;

  private constructor(port: number) {
    const url = `http://127.0.0.1:${port}`;
    const args = ['master', '--ip=127.0.0.1', `--port=${port}`, `--work-dir=${this.#directory}/master`];
    this.process = new DaemonProcess('master', url, args, loopEnvironment(this.#directory));
  }

  /** Resolves when it leads. */
  static async start(): Promise<BusyMaster> {
    const master = new BusyMaster(await freePort());
    await eventually(
      'the master to lead',
      async () => {
        const response = await fetch(`${master.process.url}/metrics/snapshot`).catch(() => undefined);
        const metrics = response?.ok === true ? ((await response.json()) as Record<string, number>) : {};
        return metrics['master/elected'] === 1 || undefined;
      },
      PATIENCE_MS,
    );
    return master;
  }

  /** Resolves when all are registered: how long after the first could have come, in ms. */
  async addAgents(agents: Agents): Promise<number> {
    await this.loopDelay();
    const framework = { user: 'root', name: 'framework', id: { value: 'framework' }, checkpoint: true };
    const program: AgentsProgramOptions = { ...agents, masters: this.process.url, framework };
    const child = fork(AGENTS_PROGRAM, [JSON.stringify(program)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#agents = child;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the agents did not register: ${this.process.output}`)),
        PATIENCE_MS,
      );
      child.on('message', ({ registered, latestMs, leaderSinceMs }: AgentsProgress) => {
        if (registered !== agents.agents) return;
        clearTimeout(timer);
        resolve(latestMs - leaderSinceMs);
      });
    });
  }

  /** What its event loop was kept from since it was asked last. */
  async loopDelay(): Promise<LoopDelay> {
    return await loopDelay(this.process, this.#directory, PATIENCE_MS);
  }

  async stop(): Promise<void> {
    const agents = this.#agents;
    if (agents !== undefined && agents.exitCode === null) {
      const gone = new Promise((resolve) => agents.once('exit', resolve));
      agents.kill('SIGKILL');
      await gone;
    }
    await this.process.kill('SIGTERM');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
