// How long tasks of an agent that is drained have to end: what they ask for themselves, but no longer than the operator
// grants (mesos-semantics.md 13.2).
import type { KillPolicy, TaskInfo } from '../../../mesos/generated/v1.ts';
import { killGraceMs } from '../tasks/command-executor.ts';

/** Of a task that the agent itself kills, in ms; undefined: as ever. `maxMs` undefined: the operator did not say. */
export function drainGraceMs(task: TaskInfo, maxMs: number | undefined): number | undefined {
  return maxMs === undefined ? undefined : Math.min(killGraceMs(task), maxMs);
}

/** What a custom executor is told; it does not know better than the task what is asked for when nobody says. */
export function drainPolicy(task: TaskInfo, maxMs: number | undefined): KillPolicy | undefined {
  if (maxMs === undefined) return undefined;
  const own = task.kill_policy?.grace_period?.nanoseconds;
  return { grace_period: { nanoseconds: Math.min(own ?? Number.POSITIVE_INFINITY, Math.round(maxMs * 1e6)) } };
}
