// From the JSON of a group to a GroupUpdate: what a request says about a part of the tree, with absolute ids and its apps
// parsed (marathon.md 5.1). Everything that is wrong in one phase is told together: shapes first, then contradictions.
import * as z from 'zod';
import { type AppUpdate, parseAppUpdates } from '../../apps/index.ts';
import { shapeViolations } from '../../apps/input/shape-errors.ts';
import { withoutNulls } from '../../apps/input/without-nulls.ts';
import { isWithin, type PathId, parentOf, pathError, ROOT, resolvePath } from '../../model/path-id.ts';
import { parseTimestamp, type Timestamp } from '../../model/time.ts';
import { InvalidInput, invalidObject, invalidShape, invalidTimestamp, type Violation } from '../../refusals.ts';
import { contradictions } from './contradictions.ts';

/** Absent members were not given: what they stand for stays. */
export interface GroupUpdate {
  /** Where it stood in the request: `/groups(0)`; `''` for the whole body. */
  readonly at: string;
  readonly id: PathId;
  readonly apps?: readonly AppUpdate[];
  readonly groups?: readonly GroupUpdate[];
  /** Absolute. */
  readonly dependencies?: readonly PathId[];
  readonly scaleBy?: number;
  readonly version?: Timestamp;
  readonly enforceRole?: boolean;
}

const groupShape = z.object({
  id: z.string().exactOptional(),
  apps: z.array(z.unknown()).exactOptional(),
  groups: z.array(z.unknown()).exactOptional(),
  dependencies: z.array(z.string()).exactOptional(),
  scaleBy: z.number().min(0).exactOptional(),
  version: z.string().exactOptional(),
  enforceRole: z.boolean().exactOptional(),
});

/**
 * `addressed`: the group of the URL; an `id` in the body is relative to it. Throws Refusal 422: `Invalid JSON` for a wrong
 * shape, `Object is not valid` for contradictions that show without looking at the tree.
 */
export function parseGroupUpdate(json: unknown, addressed: PathId = ROOT): GroupUpdate {
  const error = pathError(addressed);
  if (error !== undefined) throw invalidObject([{ path: '/id', error }]);
  const found: Found = { shape: [], object: [] };
  const update = read(json, addressed, undefined, '', found);
  if (found.shape.length > 0) throw invalidShape(found.shape);
  if (update !== undefined) found.object.push(...contradictions(update));
  if (update === undefined || found.object.length > 0) throw invalidObject(found.object);
  return update;
}

interface Found {
  readonly shape: Violation[];
  readonly object: Violation[];
}

/** Undefined when there is no telling which group it is about; what is wrong is in `found`. */
function read(
  json: unknown,
  base: PathId,
  parent: PathId | undefined,
  at: string,
  found: Found,
): GroupUpdate | undefined {
  const parsed = groupShape.safeParse(withoutNulls(json), { reportInput: true });
  if (!parsed.success) {
    found.shape.push(...shapeViolations(parsed.error.issues, at));
    return undefined;
  }
  const { id: givenId, apps, groups, dependencies, version: givenVersion, ...rest } = parsed.data;
  const id = idOf(givenId, base, parent, at, found);
  if (id === undefined) return undefined;
  for (const [i, text] of (dependencies ?? []).entries()) checkPath(text, id, `${at}/dependencies(${i})`, found);
  const version = givenVersion === undefined ? undefined : parseTimestamp(givenVersion);
  if (givenVersion !== undefined && version === undefined) throw invalidTimestamp(givenVersion);
  return {
    at,
    id,
    ...rest,
    ...(version !== undefined && { version }),
    ...(dependencies !== undefined && { dependencies: dependencies.map((text) => resolvePath(text, id)) }),
    ...(apps !== undefined && { apps: readApps(apps, id, at, found) }),
    ...(groups !== undefined && {
      groups: groups.flatMap((group, i) => read(group, id, id, `${at}/groups(${i})`, found) ?? []),
    }),
  };
}

function idOf(
  text: string | undefined,
  base: PathId,
  parent: PathId | undefined,
  at: string,
  found: Found,
): PathId | undefined {
  if (text === undefined) {
    if (parent === undefined) return base;
    found.shape.push({ path: `${at}/id`, error: 'error.path.missing' });
    return undefined;
  }
  if (!checkPath(text, base, `${at}/id`, found)) return undefined;
  const id = resolvePath(text, base);
  const isChild = parent === undefined ? isWithin(id, base) : isChildOf(id, parent, text.startsWith('/'));
  if (!isChild) found.object.push({ path: `${at}/id`, error: `Identifier is not child of '${base}'` });
  return id;
}

/** `at`: where the path stands in the request. */
function checkPath(text: string, base: PathId, at: string, found: Found): boolean {
  const error = pathError(text, base);
  if (error !== undefined) found.object.push({ path: at, error });
  return error === undefined;
}

function readApps(apps: readonly unknown[], group: PathId, at: string, found: Found): readonly AppUpdate[] {
  let updates: readonly AppUpdate[] = [];
  try {
    updates = parseAppUpdates(apps, { group }, `${at}/apps`);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    (error.kind === 'shape' ? found.shape : found.object).push(...error.violations);
    return [];
  }
  const seen = new Set<PathId>();
  for (const [i, { at: appAt, id }] of updates.entries()) {
    if (id === undefined) {
      found.shape.push({ path: `${appAt}/id`, error: 'error.path.missing' });
      continue;
    }
    if (!isChildOf(id, group, isAbsolute(apps[i])))
      found.object.push({ path: `${appAt}/id`, error: `Identifier is not child of '${group}'` });
    if (seen.has(id)) found.object.push({ path: `${at}/apps`, error: 'Elements must be unique.' });
    seen.add(id);
  }
  return updates;
}

function isAbsolute(json: unknown): boolean {
  const id = typeof json === 'object' && json !== null && 'id' in json ? json.id : undefined;
  return typeof id === 'string' && id.startsWith('/');
}

/** Relative ids may lead further down, and so may absolute ones in the root (marathon.md 3.6 rule 37). */
function isChildOf(id: PathId, group: PathId, isAbsolute: boolean): boolean {
  if (id === group || !isWithin(id, group)) return false;
  return !isAbsolute || group === ROOT || parentOf(id) === group;
}
