// The counters of a dependent job's in-edges (chronos.md 6.2–6.4): how many successes of each parent no run of it has used up. The
// original zeroes them when the child starts and forgets them at a failover; here a run uses up one of each, and they are part of
// the job's record.

/** By parent; one that is missing has none. */
export type Successes = Readonly<Record<string, number>>;

/** Of one parent. Not by index alone: a job may be called `constructor`. */
export function successesFrom(successes: Successes, parent: string): number {
  return Object.hasOwn(successes, parent) ? (successes[parent] ?? 0) : 0;
}

/** A parent succeeded. `isComplete`: every parent has a success to give now, and the one just added made it so. */
export function addSuccess(
  successes: Successes,
  parents: readonly string[],
  parent: string,
): { readonly successes: Successes; readonly isComplete: boolean } {
  const raised = { ...successes, [parent]: successesFrom(successes, parent) + 1 };
  const least = Math.min(...parents.map((name) => successesFrom(raised, name)));
  // Of two successes of a fast parent the second completes nothing: its sets are counted by the slowest.
  return { successes: raised, isComplete: least > 0 && successesFrom(raised, parent) === least };
}

/** One set less: what a run of the child uses up. */
export function withoutSet(successes: Successes, parents: readonly string[]): Successes {
  const left = parents.map((name) => [name, successesFrom(successes, name) - 1] as const);
  return Object.fromEntries(left.filter(([, count]) => count > 0));
}

/** Every parent has a success to give. */
export function isComplete(successes: Successes, parents: readonly string[]): boolean {
  return parents.length > 0 && parents.every((name) => successesFrom(successes, name) > 0);
}
