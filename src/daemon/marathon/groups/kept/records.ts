// The durable form of what groups/ keeps, each with its `format`; who reads one made by a later mctl refuses it by name.
//   apps/<safePath>                  the present definition, and its former versions
//   versions/<safePath>/<version>    a former definition
//   groups/<safePath>, groups/_root  a group's own members; the root's version
//   history/<version>/<part>         what the change to that version of the root was: enough to undo it
//   garbage/<safePath>/<version>     a former definition that only running things still refer to
import { MAX_VALUE_BYTES } from '../../../../cluster/store.ts';
import { parseStoredApp, storedApp } from '../../apps/index.ts';
import type { App } from '../../model/app.ts';
import type { GroupChange } from '../../model/deployment.ts';
import { fromSafePath, type PathId, ROOT, safePath } from '../../model/path-id.ts';
import type { Group } from '../../model/root-group.ts';
import type { Timestamp } from '../../model/time.ts';

/** What no definition may exceed: a stored value, less room for the longest list of former versions. */
export const MAX_DEFINITION_BYTES = MAX_VALUE_BYTES - 16 * 1024;
/** What no group's own members may exceed: a change set holds them twice, before and after. */
export const MAX_GROUP_BYTES = 100 * 1024;
/** A part of a change set is at most about this long. */
export const HISTORY_PART_BYTES = 200_000;
const FORMAT = 1;

/** A record that this program cannot read. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly code: 'newer-format' | 'damaged';
  constructor(code: 'newer-format' | 'damaged', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

// Keys in the store.
export const appKey = (id: PathId): string => `apps/${safePath(id)}`;
export const versionKey = (id: PathId, version: Timestamp): string => `versions/${safePath(id)}/${version}`;
export const groupKey = (id: PathId): string => `groups/${id === ROOT ? '_root' : safePath(id)}`;
export const historyKey = (version: Timestamp, part: number): string =>
  `history/${version}/${String(part).padStart(4, '0')}`;
export const garbageKey = (id: PathId, version: Timestamp): string => `garbage/${safePath(id)}/${version}`;

/** Bytes that the definition takes in the store. */
export function storedBytes(app: App): number {
  return Buffer.byteLength(JSON.stringify(storedApp(app)), 'utf8');
}

/** `versions`: former ones, newest first. */
export interface AppRecord {
  readonly app: App;
  readonly versions: readonly Timestamp[];
}

/** Text of `apps/…`. */
export function appText({ app, versions }: AppRecord): string {
  return JSON.stringify({ format: FORMAT, app: storedApp(app), versions });
}

/** Reverse of `appText`. Throws RecordError and StoredAppError. */
export function parseAppText(key: string, text: string): AppRecord {
  const { app, versions } = parse<{ app: unknown; versions: readonly Timestamp[] }>(key, text);
  return { app: parseStoredApp(app), versions };
}

/** Text of `versions/…`. */
export function versionText(app: App): string {
  return JSON.stringify({ format: FORMAT, app: storedApp(app) });
}

/** Reverse of `versionText`. Throws RecordError and StoredAppError. */
export function parseVersionText(key: string, text: string): App {
  return parseStoredApp(parse<{ app: unknown }>(key, text).app);
}

/** `version`: of the whole root, in the record of `/` only. */
export interface GroupRecord {
  readonly id: PathId;
  readonly members: Pick<Group, 'dependencies' | 'enforceRole'>;
  readonly version?: Timestamp;
}

/** Text of `groups/…`. */
export function groupText({ id, members: { dependencies, enforceRole }, version }: GroupRecord): string {
  return JSON.stringify({ format: FORMAT, id, dependencies, enforceRole, version });
}

/** Reverse of `groupText`. Throws RecordError. */
export function parseGroupText(key: string, text: string): GroupRecord {
  const { id, dependencies, enforceRole, version } = parse<
    { id: PathId; version?: Timestamp } & Pick<Group, 'dependencies' | 'enforceRole'>
  >(key, text);
  const members = enforceRole === undefined ? { dependencies } : { dependencies, enforceRole };
  return version === undefined ? { id, members } : { id, members, version };
}

/** One app in a change set: its versions before and after; undefined = not there. */
export interface VersionChange {
  readonly id: PathId;
  readonly before: Timestamp | undefined;
  readonly after: Timestamp | undefined;
}

/** What one change of the root did. */
export interface ChangeSet {
  readonly version: Timestamp;
  /** Of the root before. */
  readonly from: Timestamp;
  readonly apps: readonly VersionChange[];
  readonly groups: readonly GroupChange[];
}

type HistoryItem = readonly [PathId, Timestamp | null, Timestamp | null] | GroupChange;

/** The records of a change set: one, or several when one would be too long. */
export function historyTexts({ version, from, apps, groups }: ChangeSet): readonly string[] {
  const items: HistoryItem[] = [
    ...apps.map(({ id, before, after }) => [id, before ?? null, after ?? null] as const),
    ...groups,
  ];
  const parts: string[][] = [[]];
  let length = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    if (length > 0 && length + text.length > HISTORY_PART_BYTES) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(text);
    length += text.length + 1;
  }
  const head = `{"format":${FORMAT},"version":"${version}","from":"${from}","parts":${parts.length},"items":[`;
  return parts.map((part) => `${head}${part.join(',')}]}`);
}

/** Change sets by version, oldest first, from all records below `history/`. */
export function parseHistory(texts: ReadonlyMap<string, string>): ChangeSet[] {
  const sets: { set: ChangeSet; items: HistoryItem[]; parts: number; found: number }[] = [];
  for (const [key, text] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { version, from, parts, items } = parse<{
      version: Timestamp;
      from: Timestamp;
      parts: number;
      items: HistoryItem[];
    }>(key, text);
    let last = sets.at(-1);
    if (last?.set.version !== version) {
      last = { set: { version, from, apps: [], groups: [] }, items: [], parts, found: 0 };
      sets.push(last);
    }
    last.items.push(...items);
    last.found += 1;
  }
  return sets.map(({ set, items, parts, found }) => {
    if (found !== parts)
      throw new RecordError('damaged', `history/${set.version}: ${found} of ${parts} records are there`);
    const apps: VersionChange[] = [];
    const groups: GroupChange[] = [];
    for (const item of items) {
      if ('id' in item) groups.push({ id: item.id, before: item.before, after: item.after });
      else apps.push({ id: item[0], before: item[1] ?? undefined, after: item[2] ?? undefined });
    }
    return { ...set, apps, groups };
  });
}

/** App and version of a key below `garbage/`. */
export function parseGarbageKey(key: string): { readonly id: PathId; readonly version: Timestamp } {
  const [, safe = '', version = ''] = key.split('/');
  return { id: fromSafePath(safe), version: version as Timestamp };
}

function parse<T>(key: string, text: string): T {
  let record: { format?: unknown } | null;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw new RecordError('damaged', `${key} is not JSON`, { cause: error });
  }
  const format = record?.format;
  if (format === FORMAT) return record as T;
  if (typeof format === 'number' && format > FORMAT)
    throw new RecordError('newer-format', `${key} has format ${format}; this mctl knows formats up to ${FORMAT}`);
  throw new RecordError('damaged', `${key} names no format`);
}
