// The counters of a dependent job's in-edges (chronos.md 6.2–6.4): how many successes of each parent no run of it has used up. The
// original zeroes them when the child starts and forgets them at a failover; here a run uses up one of each, and they are part of
// the job's record.

/** By parent; one that is missing has none. */
export type Successes = Readonly<Record<string, number>>;

/** A parent succeeded. `isComplete`: every parent has a success to give now, and the one just added made it so. */
export function addSuccess(
  successes: Successes,
  parents: readonly string[],
  parent: string,
): { readonly successes: Successes; readonly isComplete: boolean } {
  const raised = { ...successes, [parent]: (successes[parent] ?? 0) + 1 };
  const least = Math.min(...parents.map((name) => raised[name] ?? 0));
  // Of two successes of a fast parent the second completes nothing: its sets are counted by the slowest.
  return { successes: raised, isComplete: least > 0 && raised[parent] === least };
}

/** One set less: what a run of the child uses up. */
export function withoutSet(successes: Successes, parents: readonly string[]): Successes {
  const left: Record<string, number> = {};
  for (const name of parents) {
    const count = (successes[name] ?? 0) - 1;
    if (count > 0) left[name] = count;
  }
  return left;
}

/** Every parent has a success to give. */
export function isComplete(successes: Successes, parents: readonly string[]): boolean {
  return parents.length > 0 && parents.every((name) => (successes[name] ?? 0) > 0);
}
