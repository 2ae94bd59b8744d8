// Ids of apps and groups: absolute paths (marathon.md 3.1). `/` is the root group.

/** An absolute, resolved path such as `/product/web`; `/` is the root group. Made by `resolvePath` only. */
export type PathId = string & { readonly __brand: 'PathId' };

/** The root group. */
export const ROOT = '/' as PathId;

const SEGMENTS = '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$';
// The published pattern has its alternatives at the top level; what it means is "one of the two, whole".
const SEGMENT = new RegExp(`^(?:${SEGMENTS.slice(1, -1)})$`);

/**
 * Most characters of a path. Ids of tasks begin with the path of their app, custom executors put `marathon-` before that,
 * and Mesos takes no id longer than 255: an app with a longer path could never run.
 */
export const MAX_PATH_LENGTH = 180;

/** What is wrong with a path, absolute or relative to `base`, in the words of the API; undefined when nothing is. */
export function pathError(text: string, base: PathId = ROOT): string | undefined {
  if (text.length > MAX_PATH_LENGTH || resolvePath(text, base).length > MAX_PATH_LENGTH)
    return `must not be longer than ${MAX_PATH_LENGTH} characters`;
  if (segmentsOf(text).every((segment) => SEGMENT.test(segment))) return undefined;
  return `must fully match regular expression '${SEGMENTS}'`;
}

/** Absolute form of `text`: itself when it starts with `/`, else below `base`; `.` and `..` are followed. */
export function resolvePath(text: string, base: PathId = ROOT): PathId {
  const start = text.startsWith('/') ? [] : segmentsOf(base);
  const segments: string[] = [...start];
  for (const segment of segmentsOf(text)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return fromSegments(segments);
}

/** `/a/b` → `['a', 'b']`; empty segments (doubled or trailing slashes) are not there. */
export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function fromSegments(segments: readonly string[]): PathId {
  return `/${segments.join('/')}` as PathId;
}

/** The group that `path` is in; undefined for the root. */
export function parentOf(path: PathId): PathId | undefined {
  if (path === ROOT) return undefined;
  return fromSegments(segmentsOf(path).slice(0, -1));
}

/** All groups that `path` is in, from the root down, `path` itself not included. */
export function ancestorsOf(path: PathId): PathId[] {
  const segments = segmentsOf(path);
  return segments.map((_, i) => fromSegments(segments.slice(0, i)));
}

/** The child of `group` that `path`, which is below it, is or is in: `/a/b/c` in `/a` → `/a/b`. */
export function childTowards(path: PathId, group: PathId): PathId {
  return fromSegments(segmentsOf(path).slice(0, segmentsOf(group).length + 1));
}

/** Whether `path` is below `group`, or is it. */
export function isWithin(path: PathId, group: PathId): boolean {
  return group === ROOT || path === group || path.startsWith(`${group}/`);
}

/** `/a/b` → `a_b`, the form in task ids and file names; no two paths share one, as ids hold no underscore. */
export function safePath(path: PathId): string {
  return segmentsOf(path).join('_');
}

/** The path of a `safePath`. */
export function fromSafePath(text: string): PathId {
  return fromSegments(text.split('_'));
}

/** `/product/web` → `web.product`: task names and discovery names (marathon.md 15.1). */
export function hostName(path: PathId): string {
  return segmentsOf(path).reverse().join('.');
}
