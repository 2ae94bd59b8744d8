// From the JSON of one app, whole or in part, to an AppUpdate: shape first, then old spellings and what each member says on
// its own; the later only when the earlier was right (marathon.md 3.6).
import type * as z from 'zod';
import { type PathId, parentOf, pathError, ROOT, resolvePath } from '../../model/path-id.ts';
import { parseTimestamp, type Timestamp } from '../../model/time.ts';
import { invalidObject, invalidShape, invalidTimestamp, type Violation } from '../../refusals.ts';
import type { AppUpdate } from '../update.ts';
import { appShape } from './app-shape.ts';
import { translateDeprecated } from './deprecated.ts';
import { fieldsOf } from './fields.ts';
import { collector } from './report.ts';
import { shapeViolations } from './shape-errors.ts';
import { withoutNulls } from './without-nulls.ts';

/** Where an app of a request is. */
export interface UpdateBase {
  /** What a relative id in the body is relative to. */
  readonly group: PathId;
  /** The app that the URL names; wins over an id in the body. */
  readonly id?: PathId;
}

/** Last segments that no app may have: they name sub-resources in URLs (marathon.md 3.1). */
const RESERVED = ['restart', 'tasks', 'versions', '.', '..'];

/**
 * Reads what a request says about one app. `prefix` is put before the paths of violations: `/apps(0)` for an app in the
 * body of a group, `(0)` for one of an array, `''` for the whole body. Throws Refusal 422: `Invalid JSON` for a wrong
 * shape, `Object is not valid` for contradictions.
 */
export function parseAppUpdate(json: unknown, base: UpdateBase, prefix = ''): AppUpdate {
  const [update] = settle([read(json, base, prefix)]);
  return update as AppUpdate;
}

/** Reads a list of apps, `<prefix>(i)` each; what is wrong with any of them is told together. Throws as `parseAppUpdate`. */
export function parseAppUpdates(list: unknown, base: UpdateBase, prefix = ''): readonly AppUpdate[] {
  if (!Array.isArray(list)) throw invalidShape([{ path: prefix || '/', error: 'error.expected.jsarray' }]);
  return settle(list.map((json, i) => read(json, base, `${prefix}(${i})`)));
}

type Reading =
  | { readonly kind: 'update'; readonly update: AppUpdate }
  | { readonly kind: 'shape' | 'object'; readonly violations: readonly Violation[] };

function settle(readings: readonly Reading[]): AppUpdate[] {
  const of = (kind: 'shape' | 'object') => readings.flatMap((one) => (one.kind === kind ? one.violations : []));
  const shape = of('shape');
  if (shape.length > 0) throw invalidShape(shape);
  const object = of('object');
  if (object.length > 0) throw invalidObject(object);
  return readings.flatMap((one) => (one.kind === 'update' ? [one.update] : []));
}

function read(json: unknown, base: UpdateBase, prefix: string): Reading {
  const parsed = appShape.safeParse(withoutNulls(json), { reportInput: true });
  if (!parsed.success) return { kind: 'shape', violations: shapeViolations(parsed.error.issues, prefix) };
  const shape: z.infer<typeof appShape> = parsed.data;
  const { violations, report } = collector(prefix);
  const given = base.id ?? shape.id;
  const idError = given === undefined ? undefined : appIdError(given, base.group);
  if (idError !== undefined) report(['id'], idError);
  const id = base.id ?? (shape.id === undefined ? undefined : resolvePath(shape.id, base.group));
  const group = (id && parentOf(id)) ?? base.group;
  const fields = fieldsOf(translateDeprecated(shape, report), group, report);
  if (violations.length > 0) return { kind: 'object', violations };
  const version = shape.version === undefined ? undefined : versionOf(shape.version);
  return { kind: 'update', update: { at: prefix, ...(id && { id }), ...(version && { version }), fields } };
}

function versionOf(text: string): Timestamp {
  const version = parseTimestamp(text);
  if (version === undefined) throw invalidTimestamp(text);
  return version;
}

/** What is wrong with the id of an app, absolute or relative to `group` (marathon.md 3.1); undefined when nothing is. */
export function appIdError(id: string, group: PathId = ROOT): string | undefined {
  const last = id.slice(id.lastIndexOf('/') + 1);
  const error = pathError(id, group);
  if (error !== undefined) return error;
  if (RESERVED.includes(last))
    return `must not end with any of the following reserved keywords: ${RESERVED.join(', ')}`;
  return resolvePath(id, group) === ROOT ? 'must not be the root group' : undefined;
}

/** The id of an app that cannot do without one; `error`: what is said when it has none. Throws Refusal 422. */
export function requiredId({ id, at }: AppUpdate, error = 'error.path.missing'): PathId {
  if (id === undefined) throw invalidShape([{ path: `${at}/id`, error }]);
  return id;
}

/**
 * The stored version that an update asks for; undefined when it is an update of the ordinary kind. Throws Refusal 422 when
 * it is both (marathon.md 3.6, rule 35). Not for complete definitions: there, `version` has no meaning.
 */
export function versionToReapply({ version, fields, at }: AppUpdate): Timestamp | undefined {
  if (version !== undefined && Object.keys(fields).length > 0)
    throw invalidObject([{ path: at || '/', error: "The 'version' field may only be combined with the 'id' field." }]);
  return version;
}
