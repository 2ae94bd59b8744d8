// Paths of violations (marathon.md 1.5): `/healthChecks(0)/path`, `/env/FOO`, `/` for the whole.

/** A member's name or an index. */
export type PathStep = string | number;

/** Steps from the whole to the value. */
export function violationPath(path: string): PathStep[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((segment) => {
      const indices = /((?:\(\d+\))*)$/.exec(segment)?.[1] ?? '';
      const name = segment.slice(0, segment.length - indices.length);
      const numbers = [...indices.matchAll(/\d+/g)].map(([digits]) => Number(digits));
      return [...(name === '' ? [] : [name]), ...numbers];
    });
}
