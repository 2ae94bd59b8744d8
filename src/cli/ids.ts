// Ids as people type them: whole, or shortened to a unique beginning, or by name.
import { EXIT } from './exit-codes.ts';
import { Problem } from './problem.ts';

/** Something that can be named by id, by the start of it, or by a name. */
export interface Identified {
  readonly id: string;
  /** Other things it is called: a task's name, an agent's hostname. Need not be unique. */
  readonly names?: readonly string[];
}

/**
 * The one thing meant by `given`: its id, its only name, the unique beginning of its id, or the unique end after the last
 * dash (`S0` of `1d1f…-S0`). Throws Problem `notFound` (3) with what is near, or `usage` (2) when several fit.
 * `kind` is what the thing is called: "task".
 */
export function pick<T extends Identified>(kind: string, things: readonly T[], given: string): T {
  const exact = things.find((thing) => thing.id === given);
  if (exact !== undefined) return exact;
  for (const fits of [
    (thing: T) => thing.names?.includes(given) === true,
    (thing: T) => given !== '' && thing.id.startsWith(given),
    (thing: T) => given !== '' && thing.id.endsWith(`-${given}`),
  ]) {
    const found = things.filter(fits);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    if (found.length > 1) throw ambiguous(kind, given, found);
  }
  const near = nearest(
    given,
    things.flatMap((thing) => [thing.id, ...(thing.names ?? [])]),
  );
  throw new Problem(EXIT.notFound, {
    what: `There is no ${kind} '${given}'.`,
    ...(things.length === 0
      ? { why: `There are no ${kind}s at all.` }
      : near !== undefined && { why: `Did you mean '${near}'?` }),
    next: `mctl ${kind} list${kind === 'task' ? ' --all' : ''}`,
  });
}

function ambiguous(kind: string, given: string, found: readonly Identified[]): Problem {
  const shown = found.slice(0, 5).map((thing) => thing.id);
  const more = found.length > shown.length ? `, and ${found.length - shown.length} more` : '';
  return new Problem(EXIT.usage, {
    what: `'${given}' fits ${found.length} ${kind}s.`,
    why: `${shown.join(', ')}${more}`,
    next: 'Give more of the id.',
  });
}

/** The most similar of `candidates`, if one is similar at all. */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(given, candidate, bestDistance);
    // As many changes as there are letters make anything of anything.
    if (distance < Math.min(bestDistance, Math.max(given.length, candidate.length))) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, or `limit` when it is that or more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return Math.min(limit, previous[b.length] ?? limit);
}
