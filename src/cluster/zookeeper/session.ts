// The contract between those who know the client library (client/) and those who keep elections and state in ZooKeeper:
// a session with promises, deadlines and one honest answer to "is it still ours".

/** Nothing is called after `stop`. */
export interface Subscription {
  stop(): void;
}

/**
 * `connected`: a server answers. `suspended`: no server answers, the session may or may not live on: stop acting.
 * `lost`: it is over for good, its ephemeral nodes are gone or about to be; a new session must be opened. `closed`: by us.
 * `lost` and `closed` are final.
 */
export type SessionState = 'connected' | 'suspended' | 'lost' | 'closed';

/** Of `watchTree`. */
export interface TreeWatch extends Subscription {
  /** False once the connection broke: changes may have been missed. */
  readonly isWhole: boolean;
}

/** What the server keeps about a node. Zxids are below 2^53 (asserted). */
export interface NodeStat {
  /** 0 for a new node, one more with every change of its data. */
  readonly version: number;
  /** Of the transaction that made it: greater than that of every earlier one in this ensemble. */
  readonly czxid: number;
  readonly mzxid: number;
  readonly ctimeMs: number;
  readonly mtimeMs: number;
  /** Changes with every child made or deleted. */
  readonly childrenVersion: number;
  readonly childrenCount: number;
  readonly dataLength: number;
  /** Id of the session that it ends with, hexadecimal; undefined for a node that stays. */
  readonly ephemeralOwner: string | undefined;
}

export interface NodeData {
  readonly data: Buffer;
  readonly stat: NodeStat;
}

/** How a node is made. Default: it stays, and is called as it is said. */
export interface CreateOptions {
  readonly ephemeral?: boolean;
  /** A ten-digit number is appended to the name. */
  readonly sequential?: boolean;
  /**
   * `private`: nobody but the session's user (open when it has none). `published`: the world reads, the user does the
   * rest (open when there is no user). Default `private`.
   */
  readonly access?: 'private' | 'published';
}

/** One step of a `multi`. `version` -1 or left out: whatever it is. */
export type NodeOperation =
  | { readonly kind: 'check'; readonly path: string; readonly version: number }
  | { readonly kind: 'create'; readonly path: string; readonly data: Uint8Array; readonly options?: CreateOptions }
  | { readonly kind: 'set'; readonly path: string; readonly data: Uint8Array; readonly version?: number }
  | { readonly kind: 'remove'; readonly path: string; readonly version?: number };

/** A larger request is refused with `too-large`; the server would drop the connection for everybody. */
export const MAX_REQUEST_BYTES = 900_000;

/**
 * One session. Paths are absolute, below the chroot of nothing: the path of the URL is the caller's to put before.
 * Operations are sent in the order of the calls, many at a time, and done in that order. While no server is connected
 * they wait, until their deadline (`timed-out`: then nothing was sent) or the end of the session. Every operation rejects
 * with ZooKeeperError only.
 */
export interface ZooKeeperSession {
  /** Hexadecimal, as `ephemeralOwner` has it. */
  readonly id: string;
  /** As negotiated with the server. */
  readonly timeoutMs: number;
  readonly state: SessionState;
  /**
   * Whether no server can have declared the session over by now: true for two thirds of the time-out after the last
   * question that the ensemble answered was sent (what a server answers without asking its leader does not count: it may
   * have been cut off). True also while suspended, false once lost or closed. Asks the monotonic clock, so it is right at once after this process was
   * stopped or its loop was blocked, before any event has told.
   */
  isCertain(): boolean;
  /** `fn` is called from a later turn with every change of `state`, in order, none left out. */
  onState(fn: (state: SessionState) => void): Subscription;

  /** The path as made, with the number for a sequential one. After an error that `mayHaveHappened`, look before repeating. */
  create(path: string, data: Uint8Array, options?: CreateOptions): Promise<string>;
  /** Makes what is missing of the way to `path`, itself included, as nodes that stay. */
  ensurePath(path: string, access?: 'private' | 'published'): Promise<void>;
  /** Undefined when it is not there. */
  get(path: string): Promise<NodeData | undefined>;
  /** Names, unsorted; undefined when the node is not there. */
  children(path: string): Promise<string[] | undefined>;
  /** The stat after it. */
  set(path: string, data: Uint8Array, version?: number): Promise<NodeStat>;
  remove(path: string, version?: number): Promise<void>;
  /** All or nothing. The error is that of the step that failed; `failedStep` says which. */
  multi(operations: readonly NodeOperation[]): Promise<void>;
  /** Resolves when the server we talk to knows everything that was committed before the call. */
  sync(path: string): Promise<void>;

  /**
   * Calls `fn` from a later turn whenever the data of the node or its being there changed, or may have changed while we
   * were not connected; changes in quick succession may be told once. Does not call for the present state.
   */
  watchData(path: string, fn: () => void): Subscription;
  /** The same for the list of children, also of a node that is not there yet. */
  watchChildren(path: string, fn: () => void): Subscription;

  /**
   * Calls `fn` with the path of every node at or below `path` that is made, changed or removed from when this resolves, each
   * before an answer that shows it, until it is stopped or the connection breaks. Throws `other` where the server is too
   * old (before 3.6).
   */
  watchTree(path: string, fn: (path: string) => void): Promise<TreeWatch>;

  /** Ends the session at the server if it answers within a second; harmless when repeated. */
  close(): Promise<void>;
}

/**
 * Sessions one after another: opens a new one whenever the last was lost, with a back-off, until it is closed. What a
 * long-lived daemon holds.
 */
export interface ZooKeeperConnection {
  /** `host:port,host:port/path` without credentials, for messages. */
  readonly where: string;
  /** Path of the URL, without a slash at the end. */
  readonly path: string;
  /** The present session; undefined before the first and between two. */
  readonly session: ZooKeeperSession | undefined;
  /** The present session, or the next one. Rejects with ZooKeeperError `timed-out` (which names `where` and the last trouble), `auth-failed` or `closed`. */
  connected(timeoutMs: number): Promise<ZooKeeperSession>;
  /** Calls `fn` from a later turn with the present session, if there is one, and with every later one. */
  onSession(fn: (session: ZooKeeperSession) => void): Subscription;
  /** Why there is no session now, for people: refused, no quorum, credentials; undefined while there is one. */
  readonly trouble: string | undefined;
  close(): Promise<void>;
}
