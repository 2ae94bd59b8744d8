// Operations as ZooKeeper's messages, and what their answers say.
import { type Acl, default as library } from 'node-zookeeper-client';
import jute, { type JuteRecord, type JuteStat, type TransactionStep } from 'node-zookeeper-client/lib/jute/index.js';
import { isNodePath } from '../address.ts';
import { type CreateOptions, MAX_REQUEST_BYTES, type NodeData, type NodeOperation, type NodeStat } from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { errorOf } from './error-codes.ts';

const { OP_CODES, protocol } = jute;
const { ACL, CreateMode } = library;

/** Of paths in one request; the server's own limit is a megabyte. */
const WATCHES_BYTES = 100_000;

/** One operation, ready to be sent. */
export interface Question<T> {
  /** For messages: the operation and its node. */
  readonly what: string;
  readonly path: string | undefined;
  readonly type: number;
  readonly payload: JuteRecord | null;
  /** Of the payload. */
  readonly bytes: number;
  /** Whether only a server that is in touch with its leader can answer it. */
  readonly askedOfLeader: boolean;
  /** `answer` holds what comes after the header. Throws ZooKeeperError. */
  read(answer: Buffer): T;
  /** What it is for us when the server says that there is no such node; without, an error. */
  readonly absent?: () => T;
}

/** Whether nodes can have an owner: without credentials everybody owns everything. */
export type Ownership = 'owned' | 'open';

export function createQuestion(
  path: string,
  data: Uint8Array,
  options: CreateOptions,
  owner: Ownership,
): Question<string> {
  const acl = aclOf(options, owner).map((entry) => entry.toRecord());
  const payload = new protocol.CreateRequest(path, bytesOf(data), acl, modeOf(options));
  return question('create', OP_CODES.CREATE, path, payload, (answer) => {
    return filled(new protocol.CreateResponse(), answer).path;
  });
}

export function removeQuestion(path: string, version: number): Question<void> {
  return question('remove', OP_CODES.DELETE, path, new protocol.DeleteRequest(path, version), () => undefined);
}

export function setQuestion(path: string, data: Uint8Array, version: number): Question<NodeStat> {
  const payload = new protocol.SetDataRequest(path, bytesOf(data), version);
  return question('set', OP_CODES.SET_DATA, path, payload, (answer) => {
    return statOf(filled(new protocol.SetDataResponse(), answer).stat);
  });
}

export function syncQuestion(path: string): Question<void> {
  // The library has no record for it; that of a create's answer is a path and nothing else, as is wanted here.
  return question('sync', OP_CODES.SYNC, path, new protocol.CreateResponse(path), () => undefined);
}

/** `watch`: the server tells the next change of the node's data or of its being there. */
export function existsQuestion(path: string, watch: boolean): Question<NodeStat | undefined> {
  return reading('look at', OP_CODES.EXISTS, path, new protocol.ExistsRequest(path, watch), (answer) => {
    return statOf(filled(new protocol.ExistsResponse(), answer).stat);
  });
}

export function getQuestion(path: string): Question<NodeData | undefined> {
  return reading('get', OP_CODES.GET_DATA, path, new protocol.GetDataRequest(path, false), (answer) => {
    const { data, stat } = filled(new protocol.GetDataResponse(), answer);
    return { data: data ?? Buffer.alloc(0), stat: statOf(stat) };
  });
}

/** `watch`: the server tells the next change of the list, unless the node is not there. */
export function childrenQuestion(path: string, watch: boolean): Question<string[] | undefined> {
  return reading('list', OP_CODES.GET_CHILDREN2, path, new protocol.GetChildren2Request(path, watch), (answer) => {
    return filled(new protocol.GetChildren2Response(), answer).children ?? [];
  });
}

/** What the library does not know: numbers of operations, and of what they are about. */
const ADD_WATCH = 106;
const REMOVE_WATCHES = 18;
const STAYING_AND_BELOW = 1;
const OF_ANY_KIND = 3;

/** The server tells every change at and below the node, until the connection breaks. */
export function watchTreeQuestion(path: string): Question<void> {
  // As of a deletion: a path and a number.
  const payload = new protocol.DeleteRequest(path, STAYING_AND_BELOW);
  return { ...question('watch below', ADD_WATCH, path, payload, () => undefined), askedOfLeader: false };
}

/** The server tells nothing more about the node. */
export function unwatchQuestion(path: string): Question<void> {
  const payload = new protocol.DeleteRequest(path, OF_ANY_KIND);
  return { ...question('unwatch', REMOVE_WATCHES, path, payload, () => undefined), askedOfLeader: false };
}

export function multiQuestion(operations: readonly NodeOperation[], owner: Ownership): Question<void> {
  const steps = operations.map((operation) => stepOf(operation, owner));
  const what = `multi of ${operations.length}`;
  for (const { path } of operations) assertNodePath(what, path);
  return sized({
    what,
    path: undefined,
    type: OP_CODES.MULTI,
    payload: new jute.TransactionRequest(steps),
    askedOfLeader: true,
    read(answer) {
      const { results } = filled(new jute.TransactionResponse(), answer);
      // The steps before the one that failed are errors too, of number 0.
      const failedStep = results.findIndex((result) => result.type === OP_CODES.ERROR && (result.err ?? 0) !== 0);
      if (failedStep === -1) return;
      const operation = operations[failedStep];
      const step = `step ${failedStep + 1} of ${operations.length}, ${operation?.kind} ${operation?.path}`;
      throw errorOf(results[failedStep]?.err ?? 0, step, operation?.path, failedStep);
    },
  });
}

/** Watches that a new connection has to be told of. */
export interface WatchedPaths {
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
}

/**
 * Tells the server of the watches that an earlier connection had, in pieces that it takes (trap 12); what changed since
 * `lastZxid` is told at once.
 */
export function* setWatchesQuestions(lastZxid: Buffer, watched: WatchedPaths): Generator<Question<void>> {
  const all = (['data', 'exist', 'child'] as const).flatMap((kind) => watched[kind].map((path) => ({ kind, path })));
  let piece = { data: [] as string[], exist: [] as string[], child: [] as string[] };
  let bytes = 0;
  for (const { kind, path } of all) {
    piece[kind].push(path);
    bytes += Buffer.byteLength(path) + 4;
    if (bytes < WATCHES_BYTES) continue;
    yield setWatchesQuestion(lastZxid, piece);
    piece = { data: [], exist: [], child: [] };
    bytes = 0;
  }
  if (bytes > 0) yield setWatchesQuestion(lastZxid, piece);
}

/** The last that is said in a session. */
export const CLOSE_QUESTION: Question<void> = {
  what: 'close the session',
  path: undefined,
  type: OP_CODES.CLOSE_SESSION,
  payload: null,
  bytes: 0,
  askedOfLeader: true,
  read: () => undefined,
};

/** An eight-byte number as it is written for people, and as NodeStat has it. */
export function hexadecimal(long: Buffer): string {
  return long.readBigUInt64BE().toString(16);
}

function question<T>(
  kind: string,
  type: number,
  path: string,
  payload: JuteRecord,
  read: (answer: Buffer) => T,
): Question<T> {
  const what = `${kind} ${path}`;
  assertNodePath(what, path);
  return sized({ what, path, type, payload, askedOfLeader: true, read });
}

function reading<T>(
  kind: string,
  type: number,
  path: string,
  payload: JuteRecord,
  read: (answer: Buffer) => T,
): Question<T | undefined> {
  return { ...question<T | undefined>(kind, type, path, payload, read), askedOfLeader: false, absent: () => undefined };
}

/** The server would drop the connection over a longer one, and with it every other operation (trap 13). */
function sized<T>(asked: Omit<Question<T>, 'bytes'>): Question<T> {
  const bytes = asked.payload?.byteLength() ?? 0;
  if (bytes <= MAX_REQUEST_BYTES) return { ...asked, bytes };
  const message = `${asked.what}: ${bytes} bytes in one request, no more than ${MAX_REQUEST_BYTES} are taken`;
  throw new ZooKeeperError('too-large', message, { path: asked.path });
}

function assertNodePath(what: string, path: string): void {
  if (!isNodePath(path)) throw new ZooKeeperError('other', `${what}: that is no path of ZooKeeper`, { path });
}

function stepOf(operation: NodeOperation, owner: Ownership): TransactionStep {
  const { path } = operation;
  switch (operation.kind) {
    case 'check':
      return { type: OP_CODES.CHECK, path, version: operation.version };
    case 'create': {
      const options = operation.options ?? {};
      // The one record that keeps what it is given.
      const data = Buffer.from(operation.data);
      return { type: OP_CODES.CREATE, path, data, acls: aclOf(options, owner), mode: modeOf(options) };
    }
    case 'set':
      return { type: OP_CODES.SET_DATA, path, data: bytesOf(operation.data), version: operation.version ?? -1 };
    case 'remove':
      return { type: OP_CODES.DELETE, path, version: operation.version ?? -1 };
  }
}

function aclOf(options: CreateOptions, owner: Ownership): readonly Acl[] {
  if (owner === 'open') return ACL.OPEN_ACL_UNSAFE;
  if (options.access === 'published') return [...ACL.READ_ACL_UNSAFE, ...ACL.CREATOR_ALL_ACL];
  return ACL.CREATOR_ALL_ACL;
}

function modeOf({ ephemeral = false, sequential = false }: CreateOptions): number {
  if (sequential) return ephemeral ? CreateMode.EPHEMERAL_SEQUENTIAL : CreateMode.PERSISTENT_SEQUENTIAL;
  return ephemeral ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT;
}

function statOf(stat: JuteStat): NodeStat {
  return {
    version: stat.version,
    czxid: safeNumber(stat.czxid),
    mzxid: safeNumber(stat.mzxid),
    ctimeMs: safeNumber(stat.ctime),
    mtimeMs: safeNumber(stat.mtime),
    childrenVersion: stat.cversion,
    childrenCount: stat.numChildren,
    dataLength: stat.dataLength,
    ephemeralOwner: stat.ephemeralOwner.some((byte) => byte !== 0) ? hexadecimal(stat.ephemeralOwner) : undefined,
  };
}

/** Zxids count leaders above 2^32: 2^53 is some two million changes of leader away. */
function safeNumber(long: Buffer): number {
  const value = Number(long.readBigInt64BE());
  if (!Number.isSafeInteger(value)) throw new RangeError(`a number beyond 2^53: ${hexadecimal(long)}`);
  return value;
}

function filled<R extends JuteRecord>(record: R, answer: Buffer): R {
  record.deserialize(answer, 0);
  return record;
}

/** The same bytes as the library wants them. Its records copy them, so the caller may go on using its own. */
function bytesOf(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function setWatchesQuestion(lastZxid: Buffer, { data, exist, child }: WatchedPaths): Question<void> {
  return {
    what: 'set watches',
    path: undefined,
    type: OP_CODES.SET_WATCHES,
    payload: new protocol.SetWatches(lastZxid, data, exist, child),
    bytes: 0,
    askedOfLeader: false,
    read: () => undefined,
  };
}
