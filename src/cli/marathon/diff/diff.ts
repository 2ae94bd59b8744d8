// What differs between two definitions, value by value. Pure.
import { isObject } from '../input/apps.ts';

/** One value; undefined = not there. `path` with dots, indices in brackets. */
export interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Members that Marathon sets itself. */
const OWN = new Set(['version', 'versionInfo', 'id']);

/** In the order of the members, those of `before` first. */
export function differences(before: unknown, after: unknown): Difference[] {
  return compare('', before, after);
}

function compare(path: string, before: unknown, after: unknown): Difference[] {
  if (same(before, after)) return [];
  if (isObject(before) && isObject(after)) return members(path, before, after);
  if (isObject(before) && after === undefined && Object.keys(before).length > 0) return members(path, before, {});
  if (before === undefined && isObject(after) && Object.keys(after).length > 0) return members(path, {}, after);
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every(isObject)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => compare(`${path}[${index}]`, before[index], after[index])).flat();
  }
  return [{ path, before, after }];
}

function members(
  path: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => path !== '' || !OWN.has(name))
    .flatMap((name) => compare(path === '' ? name : `${path}.${name}`, before[name], after[name]));
}

function same(a: unknown, b: unknown): boolean {
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => same(a[name], b[name]));
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  return a === b;
}
