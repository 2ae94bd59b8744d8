// Compares an answer of ours with the recorded one: status, the headers that matter, and the body up to ids, times, versions,
// paths and ports. Build and host facts (/flags, /version, metrics) are compared by their names and types.
import { gunzipSync } from 'node:zlib';
import { bodyBytes, type Exchange, header, type RecordedResponse } from './exchange.ts';
import { Renaming, withoutNames } from './renaming.ts';

export interface CompareOptions {
  /** Only names and types of the body are compared. Default: decided by the request (`factsOnly`). */
  readonly namesAndTypes?: boolean;
  /** Names shared with other exchanges of the same run. */
  readonly renaming?: Renaming;
  /** Paths (`$.frameworks[].tasks`) under which bodies may differ; `[]` stands for any index. */
  readonly ignore?: readonly string[];
}

const HEADERS_THAT_MATTER = [
  'Content-Type',
  'Transfer-Encoding',
  'Mesos-Stream-Id',
  'Location',
  'Allow',
  'WWW-Authenticate',
  'Content-Disposition',
  'Content-Encoding',
  'Message-Content-Type',
] as const;

/** What differs, a line each; empty when we answer alike. */
export function compareAnswers(recorded: Exchange, ours: RecordedResponse, options: CompareOptions = {}): string[] {
  const { response } = recorded;
  if ('closed' in response) return [`the original hung up (${response.closed}); we answered ${ours.status}`];
  const renaming = options.renaming ?? new Renaming();
  const differences: string[] = [];
  if (response.status !== ours.status) differences.push(`status: ${response.status} recorded, ours ${ours.status}`);
  differences.push(...compareHeaders(response, ours, renaming));
  // What streams say is compared record by record.
  if (header(response, 'Transfer-Encoding') === 'chunked') return differences;
  const namesAndTypes = options.namesAndTypes ?? factsOnly(recorded);
  return [...differences, ...compareBodies(response, ours, { ...options, namesAndTypes, renaming })];
}

/** Answers about the build, the host and its counters. */
export function factsOnly({ request }: Exchange): boolean {
  if (typeof request === 'string') return false;
  if (/\/(flags|version|metrics\/snapshot|system\/stats\.json)(\?|$)/.test(request.target)) return true;
  return /"type":\s*"GET_(FLAGS|VERSION|METRICS)"/.test(request.text ?? '');
}

function compareHeaders(recorded: RecordedResponse, ours: RecordedResponse, renaming: Renaming): string[] {
  return HEADERS_THAT_MATTER.flatMap((name) => {
    const [was, is] = [header(recorded, name), header(ours, name)];
    const same = was === undefined || is === undefined ? was === is : renaming.agrees(was, is);
    return same ? [] : [`header ${name}: ${was ?? 'none'} recorded, ours ${is ?? 'none'}`];
  });
}

interface BodyOptions extends CompareOptions {
  readonly namesAndTypes: boolean;
  readonly renaming: Renaming;
}

function compareBodies(recorded: RecordedResponse, ours: RecordedResponse, options: BodyOptions): string[] {
  const [was, is] = [textOf(recorded), textOf(ours)];
  const [wasJson, isJson] = [jsonOf(was), jsonOf(is)];
  if (wasJson !== undefined && isJson !== undefined) return compareJson(wasJson, isJson, options);
  if (options.renaming.agrees(was, is)) return [];
  return [`body: ${JSON.stringify(was.slice(0, 300))} recorded, ours ${JSON.stringify(is.slice(0, 300))}`];
}

function textOf(response: RecordedResponse): string {
  const bytes = bodyBytes(response);
  return (header(response, 'Content-Encoding') === 'gzip' ? gunzipSync(bytes) : bytes).toString('latin1');
}

/** JSON, bare or as the argument of a callback (JSONP). */
function jsonOf(text: string): unknown {
  const callback = /^(\w+)\((.*)\)$/s.exec(text);
  if (callback !== null) return [callback[1], jsonOf(callback[2] ?? '')];
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As compareAnswers for JSON values: bodies, records of streams. */
export function compareJson(recorded: unknown, ours: unknown, options: CompareOptions = {}): string[] {
  const renaming = options.renaming ?? new Renaming();
  const ignored = new Set(options.ignore ?? []);
  const differences: string[] = [];
  const differ = (path: string, was: unknown, is: unknown): void => {
    differences.push(`${path}: ${shown(was)} recorded, ours ${shown(is)}`);
  };

  const walk = (was: unknown, is: unknown, path: string, key: string): void => {
    if (ignored.has(path)) return;
    if (Array.isArray(was) && Array.isArray(is)) walkList(was, is, path, key);
    else if (isObject(was) && isObject(is)) walkObject(was, is, path);
    else if (!sameValue(was, is, key)) differ(path, was, is);
  };

  const walkObject = (was: JsonObject, is: JsonObject, path: string): void => {
    const [theirs, own] = [byPlainName(was), byPlainName(is)];
    for (const name of new Set([...theirs.keys(), ...own.keys()])) {
      const at = `${path}.${name}`;
      if (ignored.has(at)) continue;
      if (!theirs.has(name)) differ(at, undefined, own.get(name));
      else if (!own.has(name)) differ(at, theirs.get(name), undefined);
      else walk(theirs.get(name), own.get(name), at, name);
    }
  };

  const walkList = (was: unknown[], is: unknown[], path: string, key: string): void => {
    if (options.namesAndTypes) return;
    if (was.length !== is.length) {
      differ(`${path}.length`, was.length, is.length);
      return;
    }
    // Mesos leaves most orders open; the states of a task have one.
    const [theirs, own] = key === 'statuses' ? [was, is] : inPairs(was, is, differencesOf);
    for (const [index, value] of theirs.entries()) walk(value, own[index], `${path}[]`, key);
  };

  const differencesOf = (was: unknown, is: unknown): number =>
    compareJson(was, is, { ...options, renaming: renaming.copy() }).length;

  const sameValue = (was: unknown, is: unknown, key: string): boolean => {
    if (typeof was !== typeof is) return false;
    if (options.namesAndTypes || VARIES.test(key)) return true;
    if (typeof was !== 'string' || typeof is !== 'string') return was === is;
    if (/^(hostname|ip|ip_address)$/.test(key)) return renaming.pairs(was, is);
    return renaming.agrees(plainPath(was), plainPath(is));
  };

  walk(recorded, ours, '$', '');
  return differences;
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Times, versions, ports, process ids, sizes of the moment: only their types are compared. */
const VARIES =
  /^(.*_time(_seconds)?|timestamp|nanoseconds|mtime|time|uuid|.*_uuid|version|build_.*|git_.*|port|ip|executor_pid|heartbeat_interval_seconds|.*_secs)$/;

/** Members whose names hold ids (metrics of a framework) are taken by the rest of the name. */
function byPlainName(object: JsonObject): Map<string, unknown> {
  return new Map(Object.entries(object).map(([key, value]) => [withoutNames(key), value]));
}

/** Both lists, so that what belongs together is at the same place; of several that differ in names alone, those with the fewest differences. */
function inPairs(
  was: readonly unknown[],
  is: readonly unknown[],
  differencesOf: (was: unknown, is: unknown) => number,
): [unknown[], unknown[]] {
  const theirs = inPlainOrder(was);
  const left = inPlainOrder(is);
  const take = (value: unknown, candidates: readonly Keyed[]): Keyed | undefined => {
    const counts = candidates.length < 2 ? [0] : candidates.map((one) => differencesOf(value, one.value));
    const one = candidates[counts.indexOf(Math.min(...counts))];
    if (one !== undefined) left.splice(left.indexOf(one), 1);
    return one;
  };
  const paired = theirs.map(({ value, key }) =>
    take(
      value,
      left.filter((one) => one.key === key),
    ),
  );
  const own = paired.map((one, index) => (one ?? take(theirs[index]?.value, left))?.value);
  return [theirs.map(({ value }) => value), own];
}

interface Keyed {
  readonly value: unknown;
  readonly key: string;
}

function inPlainOrder(list: readonly unknown[]): Keyed[] {
  const keyed = list.map((value) => ({ value, key: withoutNames(plainText(value)) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** Sorted members, nothing that varies: equal for values that may be alike. */
function plainText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainText).sort().join()}]`;
  if (!isObject(value)) return typeof value === 'string' ? plainPath(value) : JSON.stringify(value);
  const members = Object.keys(value)
    .filter((key) => !VARIES.test(key) && !/^(hostname|ip_address)$/.test(key))
    .sort();
  return `{${members.map((key) => `${key}:${plainText(value[key])}`).join()}}`;
}

/** A path below an agent's work directory without the directory; of any other absolute path its last part. */
function plainPath(text: string): string {
  if (!/^\/[^\s]*$/.test(text)) return text;
  const inside = /\/(slaves|frameworks|containers|meta)\/.*/.exec(text);
  return inside === null ? text.slice(text.lastIndexOf('/') + 1) : inside[0];
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 160);
}
