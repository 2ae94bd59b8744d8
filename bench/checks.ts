// 300 tasks on one agent, all real processes, without health checks and with them every second (the original's default is
// every 10 s): what looking after them costs the agent, the commands that it runs for it included. The original has no
// recorded figure; it keeps one executor process a task for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { HealthCheck } from '../src/mesos/generated/v1.ts';
import { createRealWorld } from '../src/world/real/index.ts';
import type { World } from '../src/world/world.ts';
import { DaemonSet, until } from '../test/integration/daemon-processes.ts';
import { TaskLoad } from '../test/integration/task-load.ts';
import { freePort } from '../test/ports.ts';
import { type BenchOptions, type BenchRow, row } from './row.ts';

const INTERVAL_SECONDS = 1;
const CLOCK_TICKS_PER_SECOND = 100;

interface Cost {
  /** Of the agent and of everything it started beside the tasks, in percent of one core. */
  readonly corePercent: number;
  readonly residentMb: number;
  readonly looksPerSecond: number;
}

export async function run({ quick, note }: BenchOptions): Promise<BenchRow[]> {
  const tasks = quick ? 20 : 300;
  const seconds = quick ? 5 : 30;
  const world = createRealWorld();
  const served = await serve();
  const every = { delay_seconds: 0, interval_seconds: INTERVAL_SECONDS, timeout_seconds: 10, grace_period_seconds: 0 };
  const kinds: readonly (readonly [string, HealthCheck | undefined])[] = [
    ['none', undefined],
    ['TCP', { ...every, type: 'TCP', tcp: { port: served.port } }],
    ['HTTP', { ...every, type: 'HTTP', http: { port: served.port, path: '/' } }],
    ['COMMAND', { ...every, type: 'COMMAND', command: { value: 'exit 0' } }],
  ];
  const rows: BenchRow[] = [];
  try {
    let before: Cost | undefined;
    for (const [kind, check] of kinds) {
      note(`${tasks} tasks, health checks: ${kind}, ${seconds} s`);
      const cost = await measure(world, tasks, check, seconds, served);
      before ??= cost;
      const what = `${tasks} tasks, ${kind === 'none' ? 'no' : kind} health checks`;
      rows.push(
        row(`${what}: agent's CPU`, cost.corePercent, undefined, '% of a core'),
        row(`${what}: agent's memory`, cost.residentMb, undefined, 'MB'),
      );
      if (check === undefined) continue;
      const looks = kind === 'HTTP' || kind === 'TCP' ? cost.looksPerSecond : tasks / INTERVAL_SECONDS;
      const extraMs = ((cost.corePercent - before.corePercent) * 10) / looks;
      rows.push(row(`${what}: CPU a check`, extraMs, undefined, 'ms'));
    }
  } finally {
    await served.close();
  }
  return rows;
}

async function measure(
  world: World,
  tasks: number,
  healthCheck: HealthCheck | undefined,
  seconds: number,
  served: Served,
): Promise<Cost> {
  const daemons = await DaemonSet.start({ agents: 1, resources: 'cpus:400;mem:100000;disk:10000;ports:[31000-32000]' });
  try {
    const load = new TaskLoad({
      world,
      master: daemons.master.url,
      tasks,
      command: 'exec sleep 1000',
      ...(healthCheck !== undefined && { healthCheck }),
    });
    load.start();
    await until(`${tasks} tasks run`, 120_000, () => load.running.size === tasks);
    if (healthCheck !== undefined) await until('all are healthy', 60_000, () => load.healthy.size === tasks);
    const [agent] = daemons.agents;
    if (agent === undefined) throw new Error('No agent');
    const start = { cpu: cpuSeconds(agent.pid), looks: served.looks(), ms: world.clock.monotonicMs() };
    await world.clock.sleep(seconds * 1000);
    const took = (world.clock.monotonicMs() - start.ms) / 1000;
    const cost = {
      corePercent: (100 * (cpuSeconds(agent.pid) - start.cpu)) / took,
      residentMb: agent.residentMb(),
      looksPerSecond: (served.looks() - start.looks) / took,
    };
    if (load.running.size !== tasks) throw new Error(`${tasks - load.running.size} tasks ended meanwhile`);
    if (healthCheck !== undefined && load.healthy.size !== tasks) throw new Error('Not all are healthy any more');
    await load.teardown();
    return cost;
  } finally {
    await daemons.stop();
  }
}

/** User and system time of a process, of its children that are there and of those that have ended; tasks are not among them, they left. */
function cpuSeconds(pid: number): number {
  const stat = procText(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  // utime, stime, and those of children that were waited for.
  const own = [11, 12, 13, 14].reduce((sum, index) => sum + Number(stat[index] ?? 0), 0) / CLOCK_TICKS_PER_SECOND;
  return childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), own);
}

function childrenOf(pid: number): number[] {
  const threads = `/proc/${pid}/task`;
  if (!existsSync(threads)) return [];
  return readdirSync(threads).flatMap((thread) =>
    procText(`${threads}/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** Empty when the process has just ended: its time is among its parent's by then. */
function procText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

interface Served {
  readonly port: number;
  /** Connections so far: a look each. */
  looks(): number;
  close(): Promise<void>;
}

/** What the checks of all tasks look at. Closes each connection, as a check does. */
async function serve(): Promise<Served> {
  const port = await freePort();
  let looks = 0;
  const server = createServer((_request, response) => response.end('ok\n'));
  server.on('connection', () => {
    looks += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port, looks: () => looks, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
