// How long a fail-over takes with real processes: one ZooKeeper, two masters, a framework, and agents with tasks that speak
// the real protocol. The leader is killed with SIGKILL; times are seen from outside. Detection is the end of the killed
// master's session and as long as that is set (the default, 10 s, less the age of its last heartbeat).
// References: the recorded masters took so many agents at once without a fail-over, with as many completed tasks again and no
// framework connected; what they knew of the agents was written to their registry, as ours is at the first registration.
import { MISSING } from '../test/cluster/zookeeper/ensemble.ts';
import { failOver } from './failover/fail-over.ts';
import { type BenchOptions, type BenchRow, row } from './row.ts';

interface Setup {
  readonly agents: number;
  readonly tasksPerAgent: number;
  /** 1000 is the agents' default: each comes after a random part of it. 1 is all at once. */
  readonly backOffFactorMs: number;
  /** Recorded: seconds until all were registered, GET /state, MB of the master afterwards. */
  readonly reference?: { readonly registered: number; readonly state: number; readonly residentMb: number };
}

const SETUPS: readonly Setup[] = [
  { agents: 2000, tasksPerAgent: 10, backOffFactorMs: 1000 },
  { agents: 2000, tasksPerAgent: 10, backOffFactorMs: 1 },
  {
    agents: 1000,
    tasksPerAgent: 10,
    backOffFactorMs: 1,
    reference: { registered: 1.44, state: 0.14, residentMb: 118 },
  },
  {
    agents: 2000,
    tasksPerAgent: 50,
    backOffFactorMs: 1,
    reference: { registered: 4.94, state: 1.1, residentMb: 704 },
  },
];
const QUICK: readonly Setup[] = [{ agents: 50, tasksPerAgent: 10, backOffFactorMs: 1000 }];

const SESSION_TIMEOUT_MS = 10_000;
const QUICK_SESSION_TIMEOUT_MS = 2_000;
const PATIENCE_MS = 180_000;

export async function run({ quick, note }: BenchOptions): Promise<BenchRow[]> {
  if (MISSING !== undefined) {
    note(`skipped: ${MISSING}`);
    return [];
  }
  const rows: BenchRow[] = [];
  for (const setup of quick ? QUICK : SETUPS) {
    note(`${setup.agents} agents with ${setup.tasksPerAgent} tasks each, back-off factor ${setup.backOffFactorMs} ms`);
    rows.push(...(await measure(setup, quick ? QUICK_SESSION_TIMEOUT_MS : SESSION_TIMEOUT_MS)));
  }
  return rows;
}

async function measure(setup: Setup, sessionTimeoutMs: number): Promise<BenchRow[]> {
  const { agents, tasksPerAgent, backOffFactorMs, reference } = setup;
  const figures = await failOver({ agents, tasksPerAgent, backOffFactorMs, sessionTimeoutMs, patienceMs: PATIENCE_MS });
  const at = `${agents} × ${tasksPerAgent} tasks, ${backOffFactorMs} ms`;
  const seconds = (name: string, ms: number, recorded?: number): BenchRow =>
    row(`${name}: ${at}`, ms / 1000, recorded, 's');
  const rows = [
    seconds('first registration', figures.firstRegistration, reference?.registered),
    seconds('kill → other leader seen', figures.detectedAfter),
    seconds('kill → acts', figures.actingAfter),
    seconds('kill → framework subscribed', figures.frameworkAfter),
    seconds('kill → all agents', figures.registeredAfter),
    seconds('kill → all tasks counted', figures.countedAfter),
    seconds('acts → all agents', figures.reregistration, reference?.registered),
  ];
  for (const [path, { count, p50, p99, max }] of Object.entries(figures.answers)) {
    // A path that is slow to answer may have been asked once only while they came.
    if (count === 0) continue;
    rows.push(seconds(`GET ${path} p50`, p50, path === '/state' ? reference?.state : undefined));
    rows.push(seconds(`GET ${path} p99`, p99), seconds(`GET ${path} max`, max));
  }
  rows.push(
    row(`event loop late, p99: ${at}`, figures.loop.p99, undefined, 'ms'),
    row(`event loop late, max: ${at}`, figures.loop.max, undefined, 'ms'),
    row(`new leader, CPU: ${at}`, figures.cpuSeconds, undefined, 's'),
    row(`new leader, resident: ${at}`, figures.residentMb, reference?.residentMb, 'MB'),
  );
  return rows;
}
