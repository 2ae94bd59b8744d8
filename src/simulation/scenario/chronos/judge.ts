// The judge of the Jepsen property (chronos.md 20.3–20.5): does every target that is due have a complete run of its own that began in the
// target's window? Pure; times in ms since the epoch, or any other origin.

/** A job of the test (chronos.md 20.1). `count`: runs in total. */
export interface JudgedJob {
  readonly startMs: number;
  readonly intervalMs: number;
  readonly count: number;
  readonly epsilonMs: number;
  readonly durationMs: number;
  readonly forgivenessMs: number;
}

/** `endMs` undefined: incomplete, which satisfies nothing. */
export interface JudgedRun {
  readonly startMs: number;
  readonly endMs: number | undefined;
}

/** One occurrence that must have had a run. */
export interface Target {
  readonly index: number;
  readonly dueMs: number;
  /** Last moment at which its run may begin. */
  readonly untilMs: number;
}

export interface Verdict<Run extends JudgedRun> {
  readonly targets: readonly Target[];
  /** Targets without a run; none: the runs are valid. */
  readonly unsatisfied: readonly Target[];
  /** Complete runs that no target needs. */
  readonly extra: readonly Run[];
  readonly incomplete: readonly Run[];
}

/** Occurrences whose whole window and run lie before the reading. */
export function targetsAt(job: JudgedJob, readMs: number): Target[] {
  const targets: Target[] = [];
  for (let index = 0; index < job.count; index++) {
    const dueMs = job.startMs + index * job.intervalMs;
    if (dueMs >= readMs - job.epsilonMs - job.durationMs) break;
    targets.push({ index, dueMs, untilMs: dueMs + job.epsilonMs + job.forgivenessMs });
  }
  return targets;
}

/** Each target, in the order in which windows end, takes the earliest run in its window: exact also where windows overlap. */
export function judge<Run extends JudgedRun>(job: JudgedJob, runs: readonly Run[], readMs: number): Verdict<Run> {
  const targets = targetsAt(job, readMs);
  const complete = runs.filter(({ endMs }) => endMs !== undefined).sort((a, b) => a.startMs - b.startMs);
  const unsatisfied: Target[] = [];
  const extra: Run[] = [];
  let next = 0;
  for (const target of targets) {
    for (; next < complete.length; next++) {
      const run = complete[next];
      if (run === undefined || run.startMs >= target.dueMs) break;
      extra.push(run);
    }
    const run = complete[next];
    if (run !== undefined && run.startMs <= target.untilMs) next += 1;
    else unsatisfied.push(target);
  }
  extra.push(...complete.slice(next));
  return { targets, unsatisfied, extra, incomplete: runs.filter(({ endMs }) => endMs === undefined) };
}
