// The result type of every validator here: the original's message for what is wrong, or undefined when nothing is.

/** Why something is refused, in the original's words; undefined: it is fine. */
export type Problem = string | undefined;

/** `Task uses invalid check: …`: the reason of a part, said about the whole. */
export function because(prefix: string, reason: Problem): Problem {
  return reason === undefined ? undefined : prefix + reason;
}

/** The first problem that `check` finds in a list. */
export function firstProblem<T>(items: Iterable<T> | undefined, check: (item: T) => Problem): Problem {
  if (items === undefined) return undefined;
  for (const item of items) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A C++ set as text: `{ a, b }`. */
export function setText(items: Iterable<string>): string {
  return `{ ${[...items].join(', ')} }`;
}
