// The report of a turn out of what came of it.
import type { Attempt } from './attempt.ts';
import type { State } from './memory/state-file.ts';
import { isNewsOf, NOTHING_WRONG, newsSince } from './news.ts';
import { type Brought, NO_CHANGES, type TurnReport } from './report.ts';
import type { Stopwatch } from './stopwatch.ts';

/** What is told of a turn beside its outcome; files that are only loaded have less. */
export type Telling = Pick<Attempt, 'warnings' | 'commands'> &
  Partial<Pick<Attempt, 'candidate' | 'source' | 'changes' | 'validations' | 'againMs'>>;

/** Whether the turn before said something else. */
export function isNews({ outcome, failure }: Brought, before: State, after: State): boolean {
  if (failure !== undefined) {
    return before.lastError?.code !== failure.code || before.lastError.message !== failure.message;
  }
  return outcome !== 'nothing' || isNewsOf(newsSince(before.wrong ?? NOTHING_WRONG, after.wrong ?? NOTHING_WRONG));
}

/** `about` and `state` are undefined for a turn that did not begin. */
export function makeReport(
  brought: Brought,
  about: Telling | undefined,
  watch: Stopwatch,
  state: State | undefined,
  isNewsNow: boolean,
): TurnReport {
  const { outcome, failure, why } = brought;
  const againMs = brought.againMs ?? about?.againMs;
  return {
    outcome,
    ...(failure && { failure }),
    ...(why !== undefined && { why }),
    changes: about?.changes ?? NO_CHANGES,
    services: state?.counts?.services ?? 0,
    servers: state?.counts?.servers ?? 0,
    excluded: about?.candidate?.excluded ?? [],
    problems: about?.candidate?.problems ?? [],
    warnings: about?.warnings ?? [],
    ...(about?.source !== undefined && { source: about.source }),
    validations: about?.validations ?? 0,
    commands: about?.commands ?? 0,
    stages: watch.stages,
    totalMs: watch.totalMs,
    isNews: isNewsNow,
    ...(againMs !== undefined && { againMs }),
  };
}
