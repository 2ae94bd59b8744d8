// One fail-over from beginning to end: agents with tasks come, the leader is killed, and it is watched from outside until the
// next one has everything again. Throws when something was lost on the way.
import { getJson } from '../../test/integration/daemon-processes.ts';
import type { LoopDelay } from '../failover-loop-main.ts';
import { type Answer, Answers, type Question } from './answers.ts';
import { FailoverCluster, type FailoverClusterOptions } from './cluster.ts';
import { agentIdOf, taskIdOf } from './simulated-agent.ts';

/** Milliseconds of answers with status 200 while agents came back. */
export interface AnswerTimes {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Other statuses in the same time, and no answer (0), by how often. */
  readonly others: Readonly<Record<number, number>>;
}

/** Times in milliseconds; those with `after` in their name count from the kill. */
export interface FailoverFigures {
  /** Of all agents, with the first leader up: each is unknown to the registry, which is written. */
  readonly firstRegistration: number;
  /** Until the election names the other master: the session of the killed one had to end. */
  readonly detectedAfter: number;
  /** Until it has read the registry and answers as a leader. */
  readonly actingAfter: number;
  readonly registeredAfter: number;
  /** From the leader that acts to the last agent. */
  readonly reregistration: number;
  /** Until the framework was subscribed again. */
  readonly frameworkAfter: number;
  /** Until the metrics of the new leader count every agent and every task. */
  readonly countedAfter: number;
  readonly answers: Readonly<Record<string, AnswerTimes>>;
  readonly loop: LoopDelay;
  readonly residentMb: number;
  /** Of the new leader, from the kill until everything was counted. */
  readonly cpuSeconds: number;
}

/** Its calls are answered by leaders that have read their registry. */
const ACTING = '/api/v1';
const QUESTIONS: readonly Question[] = [
  { path: ACTING, body: JSON.stringify({ type: 'GET_HEALTH' }), pauseMs: 5 },
  { path: '/health', pauseMs: 10 },
  { path: '/metrics/snapshot', pauseMs: 100 },
  { path: '/state', pauseMs: 500 },
];
/** The offers that the first leader makes for all the new agents are answered by then. */
const SETTLED_MS = 1_000;

export async function failOver(options: FailoverClusterOptions): Promise<FailoverFigures> {
  const cluster = await FailoverCluster.start(options);
  try {
    return await measure(cluster, options);
  } finally {
    await cluster.stop();
  }
}

async function measure(cluster: FailoverCluster, options: FailoverClusterOptions): Promise<FailoverFigures> {
  const { agents, tasksPerAgent } = options;
  const total = agents * tasksPerAgent;
  const firstRegistration = await cluster.startAgents();
  const killed = cluster.leader;
  const next = cluster.masters.find((master) => master !== killed);
  if (next === undefined) throw new Error('there is no other master');
  await cluster.eventually('offers to be declined', () => cluster.framework.offers >= agents);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  cluster.framework.forget();

  const answers = new Answers(next.url, QUESTIONS);
  try {
    await cluster.eventually('first answers', () => answers.all.length > 0);
    await cluster.loopDelay(next);
    const cpuBefore = next.cpuSeconds();
    const killedMs = Date.now();
    await killed.kill('SIGKILL');
    await cluster.eventually('another leader', () => cluster.progress.leader === next.url);
    const detectedMs = cluster.progress.leaderSinceMs;
    await cluster.eventually('all agents to be registered again', () => {
      return cluster.progress.registered === agents && cluster.progress.latestMs > detectedMs;
    });
    const registeredMs = cluster.progress.latestMs;
    await cluster.eventually('all tasks to be known', () => {
      return answers.metric('master/tasks_running') === total && answers.metric('master/slaves_active') === agents;
    });
    const loop = await cluster.loopDelay(next);
    const cpuSeconds = next.cpuSeconds() - cpuBefore;
    await cluster.eventually('the framework', () => cluster.framework.subscribedMs > killedMs);
    const actingMs = actingSince(answers.all, killedMs);
    const figures: FailoverFigures = {
      firstRegistration,
      detectedAfter: detectedMs - killedMs,
      actingAfter: actingMs - killedMs,
      registeredAfter: registeredMs - killedMs,
      reregistration: registeredMs - actingMs,
      frameworkAfter: cluster.framework.subscribedMs - killedMs,
      countedAfter: countedSince(answers.all, total, agents, killedMs) - killedMs,
      answers: Object.fromEntries(
        QUESTIONS.filter(({ path }) => path !== ACTING).map(({ path }) => {
          return [path, times(answers.all, path, actingMs, registeredMs)];
        }),
      ),
      loop,
      residentMb: next.residentMb(),
      cpuSeconds,
    };
    await verify(cluster, next.url, options);
    return figures;
  } finally {
    await answers.stop();
  }
}

/** When the first question was answered by a leader that acts. */
function actingSince(answers: readonly Answer[], killedMs: number): number {
  const first = answers.find(({ path, status, askedMs }) => path === ACTING && status === 200 && askedMs >= killedMs);
  if (first === undefined) throw new Error('no leader was ever seen to act');
  return first.askedMs + first.tookMs;
}

function countedSince(answers: readonly Answer[], tasks: number, agents: number, killedMs: number): number {
  const first = answers.find(({ metrics, askedMs }) => {
    return (
      askedMs >= killedMs && metrics?.['master/tasks_running'] === tasks && metrics['master/slaves_active'] === agents
    );
  });
  if (first === undefined) throw new Error('not everything was ever counted');
  return first.askedMs + first.tookMs;
}

/** Of the questions that were open at any time between the two. */
function times(answers: readonly Answer[], path: string, fromMs: number, toMs: number): AnswerTimes {
  const meant = answers.filter((answer) => {
    return answer.path === path && answer.askedMs <= toMs && answer.askedMs + answer.tookMs >= fromMs;
  });
  const others: Record<number, number> = {};
  for (const { status } of meant) if (status !== 200) others[status] = (others[status] ?? 0) + 1;
  const sorted = meant
    .filter(({ status }) => status === 200)
    .map(({ tookMs }) => tookMs)
    .sort((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1), others };
}

interface StateAnswer {
  readonly slaves: readonly { readonly id: string; readonly active: boolean }[];
  readonly frameworks: readonly {
    readonly tasks: readonly { readonly id: string; readonly slave_id: string; readonly state: string }[];
  }[];
  readonly orphan_tasks: readonly unknown[];
}

/** Every agent and every task is where it was, the framework is told so, and nobody was told to stop anything. */
async function verify(cluster: FailoverCluster, leader: string, options: FailoverClusterOptions): Promise<void> {
  const { agents, tasksPerAgent } = options;
  const expected = new Map<string, string>();
  for (let agent = 0; agent < agents; agent++) {
    for (let task = 0; task < tasksPerAgent; task++) expected.set(taskIdOf(agent, task), agentIdOf(agent));
  }
  const state = await getJson<StateAnswer>(`${leader}/state`);
  const active = state.slaves.filter((agent) => agent.active).length;
  if (active !== agents) throw new Error(`${active} of ${agents} agents are active`);
  const tasks = state.frameworks.flatMap((framework) => framework.tasks);
  const misplaced = tasks.filter((task) => expected.get(task.id) !== task.slave_id || task.state !== 'TASK_RUNNING');
  if (tasks.length !== expected.size || misplaced.length > 0) {
    throw new Error(`${tasks.length} of ${expected.size} tasks, ${misplaced.length} of them elsewhere or not running`);
  }
  cluster.framework.forget();
  await cluster.framework.reconcile([...expected.keys()]);
  await cluster.eventually('the framework to hear of all tasks', () => cluster.framework.states.size === expected.size);
  const wrong = [...cluster.framework.states].filter(([, told]) => told !== 'TASK_RUNNING');
  if (wrong.length > 0) throw new Error(`tasks said to be otherwise: ${JSON.stringify(wrong.slice(0, 5))}`);
  const { unwanted } = cluster.progress;
  if (unwanted.length > 0) throw new Error(`agents were told what they should not be: ${unwanted.join('; ')}`);
}
