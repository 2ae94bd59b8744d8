// What an operator should look at, worst first, each with the place that tells more. Made from the rows whenever somebody asks.
import { stateWord } from '../widgets/words.ts';
import type { Alarm, ClusterView, TaskRow } from './model.ts';
import type { Standings } from './standings.ts';
import { appOfTaskId, hasFailed } from './task-ids.ts';

export interface AlarmSource {
  readonly view: Omit<ClusterView, 'alarms'>;
  readonly nowMs: number;
  /** Agents and frameworks that are not simply active. */
  readonly agents: Readonly<Standings>;
  readonly frameworks: Readonly<Standings>;
  readonly tasksInTrouble: ReadonlySet<Readonly<TaskRow>>;
  /** Oldest first. */
  readonly ended: readonly Readonly<TaskRow>[];
}

const MAX_ALARMS = 200;
/** More of a kind than this become one line. */
const MAX_OF_A_KIND = 8;
const FLAPPING_WITHIN_MS = 600_000;
const FLAPPING_FROM = 3;
const WAITS_TOO_LONG_MS = 60_000;
const DEPLOYS_TOO_LONG_MS = 600_000;
const NEARLY_FULL = 0.95;

export function findAlarms(source: AlarmSource): readonly Alarm[] {
  const alarms = [
    ...feedAlarms(source),
    ...leaderAlarms(source),
    ...agentAlarms(source),
    ...frameworkAlarms(source),
    ...taskAlarms(source),
    ...flapping(source),
    ...marathonAlarms(source),
    ...jobAlarms(source),
    ...haproxyAlarms(source),
    ...fullness(source),
  ];
  return [...alarms.filter(({ tone }) => tone === 'bad'), ...alarms.filter(({ tone }) => tone === 'warn')].slice(
    0,
    MAX_ALARMS,
  );
}

function* feedAlarms({ view }: AlarmSource): Iterable<Alarm> {
  for (const feed of view.feeds.values()) {
    if (feed.state !== 'broken') continue;
    const text = `${feed.name}: ${feed.why ?? 'no connection'}`;
    yield { tone: 'bad', text, sinceMs: feed.sinceMs, about: { screen: 'events' } };
  }
}

function* leaderAlarms({ view }: AlarmSource): Iterable<Alarm> {
  const { leader } = view;
  if (leader.address === undefined && view.feeds.get('master')?.state === 'live') {
    yield { tone: 'bad', text: 'no master leads', sinceMs: undefined };
  }
  for (const candidate of leader.candidates) {
    if (candidate.isReachable !== false) continue;
    yield { tone: 'warn', text: `master ${candidate.address} does not answer`, sinceMs: undefined };
  }
}

function* agentAlarms({ view, agents }: AlarmSource): Iterable<Alarm> {
  yield* grouped(agents, 'agents', (id, state, sinceMs) => {
    const tone = state === 'unreachable' || state === 'disconnected' ? 'bad' : 'warn';
    const text = `agent ${view.agents.get(id)?.hostname || id} is ${state}`;
    return { tone, text, sinceMs, about: { screen: 'agent', subject: id } };
  });
}

function* frameworkAlarms({ view, frameworks }: AlarmSource): Iterable<Alarm> {
  yield* grouped(frameworks, 'frameworks', (id, state, sinceMs) => {
    const text = `framework ${view.frameworks.get(id)?.name || id} is ${state}`;
    const tone = state === 'disconnected' ? 'bad' : 'warn';
    return { tone, text, sinceMs, about: { screen: 'framework', subject: id } };
  });
}

/** One line each for a few of a state, one for all of them when they are many. */
function* grouped(
  standing: Readonly<Standings>,
  screen: 'agents' | 'frameworks',
  one: (id: string, state: string, sinceMs: number) => Alarm,
): Iterable<Alarm> {
  const byState = new Map<string, (readonly [string, number])[]>();
  for (const [id, { state, sinceMs }] of standing) {
    const known = byState.get(state);
    if (known === undefined) byState.set(state, [[id, sinceMs]]);
    else known.push([id, sinceMs]);
  }
  for (const [state, some] of byState) {
    if (some.length <= MAX_OF_A_KIND) {
      for (const [id, sinceMs] of some) yield one(id, state, sinceMs);
      continue;
    }
    const [id, sinceMs] = some[0] ?? ['', 0];
    const first = one(id, state, sinceMs);
    yield { tone: first.tone, text: `${some.length} ${screen} are ${state}`, sinceMs, about: { screen } };
  }
}

function* taskAlarms({ tasksInTrouble }: AlarmSource): Iterable<Alarm> {
  let unhealthy = 0;
  const states = new Map<string, number>();
  for (const task of tasksInTrouble) {
    if (task.healthy === false) unhealthy += 1;
    else states.set(task.state, (states.get(task.state) ?? 0) + 1);
  }
  const about = { screen: 'tasks' } as const;
  if (unhealthy > 0) yield { tone: 'warn', text: `${tasks(unhealthy)} unhealthy`, sinceMs: undefined, about };
  for (const [state, known] of states) {
    yield { tone: 'warn', text: `${tasks(known)} ${stateWord(state)}`, sinceMs: undefined, about };
  }
}

/** What fails again and again. */
function* flapping({ ended, nowMs, view }: AlarmSource): Iterable<Alarm> {
  const failures = new Map<string, { count: number; last: Readonly<TaskRow>; appId: string | undefined }>();
  for (let at = ended.length - 1; at >= 0; at -= 1) {
    const task = ended[at];
    if (task === undefined || nowMs - (task.changedMs ?? 0) > FLAPPING_WITHIN_MS) break;
    if (!hasFailed(task.state)) continue;
    const appId = appOfTaskId(task.id);
    const of = appId ?? `${task.name || task.id} of ${view.frameworks.get(task.frameworkId)?.name || task.frameworkId}`;
    const known = failures.get(of);
    if (known === undefined) failures.set(of, { count: 1, last: task, appId });
    else known.count += 1;
  }
  for (const [of, { count, last, appId }] of failures) {
    if (count < FLAPPING_FROM) continue;
    const why = last.message === '' ? (last.reason ?? stateWord(last.state)) : last.message;
    const isApp = appId !== undefined && view.apps.has(appId);
    const about = isApp
      ? ({ screen: 'app', subject: appId } as const)
      : ({ screen: 'task', subject: last.key } as const);
    const text = `${of} failed ${count} times within 10m: ${why}`;
    yield { tone: 'bad', text, sinceMs: last.changedMs, about };
  }
}

function* marathonAlarms({ view, nowMs }: AlarmSource): Iterable<Alarm> {
  for (const app of view.apps.values()) {
    const { waitsFor, waitsSinceMs } = app;
    if (waitsFor === undefined || waitsSinceMs === undefined || nowMs - waitsSinceMs < WAITS_TOO_LONG_MS) continue;
    const text = `${app.id} waits: ${waitsFor}`;
    yield { tone: 'warn', text, sinceMs: waitsSinceMs, about: { screen: 'app', subject: app.id } };
  }
  for (const deployment of view.deployments.values()) {
    if (deployment.startedMs === undefined || nowMs - deployment.startedMs < DEPLOYS_TOO_LONG_MS) continue;
    const text = `deployment of ${deployment.apps.slice(0, 3).join(', ')} at step ${deployment.step}/${deployment.steps}`;
    const about = { screen: 'deployment', subject: deployment.id } as const;
    yield { tone: 'warn', text, sinceMs: deployment.startedMs, about };
  }
}

/** Nobody waits for one that is disabled. */
function* jobAlarms({ view }: AlarmSource): Iterable<Alarm> {
  const active = [...view.jobs.values()].filter(({ isDisabled }) => !isDisabled);
  const failed = active
    .filter(({ status }) => status === 'failure')
    .map(({ id }) => ({ id, text: `job ${id} failed` }));
  yield* ofJobs('bad', failed, 'jobs failed last time');
  const stuck = active.flatMap(({ id, unplaceable }) =>
    unplaceable === undefined ? [] : [{ id, text: `job ${id}: ${unplaceable}` }],
  );
  yield* ofJobs('warn', stuck, 'jobs can run on no agent');
}

function* ofJobs(
  tone: Alarm['tone'],
  jobs: readonly { readonly id: string; readonly text: string }[],
  together: string,
): Iterable<Alarm> {
  if (jobs.length > MAX_OF_A_KIND) {
    yield { tone, text: `${jobs.length} ${together}`, sinceMs: undefined, about: { screen: 'jobs' } };
    return;
  }
  for (const { id, text } of jobs) yield { tone, text, sinceMs: undefined, about: { screen: 'job', subject: id } };
}

function* haproxyAlarms({ view }: AlarmSource): Iterable<Alarm> {
  const { lastErrorMs, lastSuccessMs, lastError, excluded } = view.haproxy;
  const about = { screen: 'haproxy' } as const;
  if (lastErrorMs !== undefined && lastErrorMs > (lastSuccessMs ?? 0)) {
    yield { tone: 'bad', text: `haproxy: ${lastError ?? 'the last turn failed'}`, sinceMs: lastErrorMs, about };
  }
  if (excluded.length > 0) {
    yield { tone: 'warn', text: `haproxy leaves out ${excluded.slice(0, 3).join(', ')}`, sinceMs: undefined, about };
  }
}

function* fullness({ view }: AlarmSource): Iterable<Alarm> {
  const { total, allocated } = view.totals;
  const names = { cpus: 'cpus', memMb: 'memory', diskMb: 'disk', gpus: 'gpus' } as const;
  for (const key of ['cpus', 'memMb', 'diskMb', 'gpus'] as const) {
    const used = total[key] > 0 ? allocated[key] / total[key] : 0;
    if (used < NEARLY_FULL) continue;
    const text = `${Math.round(used * 100)}% of all ${names[key]} are allocated`;
    yield { tone: 'warn', text, sinceMs: undefined, about: { screen: 'agents' } };
  }
}

function tasks(number: number): string {
  return number === 1 ? '1 task is' : `${number} tasks are`;
}
