// Store on an ensemble: a queue of reads and commits, in their order. What goes wrong on the way is tried again until the
// deadline, with every commit done exactly once; only who is fenced or out of time is told.
import type { World } from '../../../world/world.ts';
import {
  type CommitOptions,
  MAX_VALUE_BYTES,
  type Store,
  type StoreChange,
  type StoreEntry,
  StoreError,
} from '../../store.ts';
import type { ZooKeeperConnection, ZooKeeperSession } from '../session.ts';
import { cannotWatchTrees, readBusyPicture } from './busy-reading.ts';
import { mayPass, storeError } from './failure.ts';
import type { Commit } from './group.ts';
import { readCommits } from './head.ts';
import { WantedKeys } from './key-names.ts';
import { StoreLayout } from './layout.ts';
import { readPicture } from './reading.ts';
import { type Decided, Writer } from './writer.ts';

/** An ensemble that is this far behind is not going to catch up; further commits fail at once. */
const MAX_PENDING = 100_000;
const MAX_PENDING_BYTES = 256 * 1024 * 1024;
/** More than the writer sends at a time. */
const MAX_IN_SIGHT = 2_000;
/** Reads that one picture answers: who looks at it compares every key with all of them. */
const MAX_READS_A_PICTURE = 100;
/** Names of nodes are in every list of their parent's children. */
const MAX_KEY_BYTES = 4_096;
/** Between two tries, growing with their number. */
const PAUSE_MS = 50;
const MAX_PAUSE_MS = 500;

/** Where the state is, and for how long trouble is borne. */
export interface ZooKeeperStoreOptions {
  /** Absolute, below no chroot; made with the first commit. */
  readonly path: string;
  /** A commit that waits longer fails, and with it everything after it. Default 20 s (mesos-semantics.md 11.1). */
  readonly commitTimeoutMs?: number;
  /** Of opening and of a read. Default 60 s. */
  readonly readTimeoutMs?: number;
}

interface PendingCommit extends Commit {
  readonly kind: 'commit';
  readonly bytes: number;
  readonly deadlineMs: number;
  readonly done: PromiseWithResolvers<void>;
}

interface PendingRead {
  readonly kind: 'read';
  readonly prefix: string;
  readonly deadlineMs: number;
  readonly done: PromiseWithResolvers<StoreEntry[]>;
}

/**
 * Resolves when the ensemble answers and what is at the path can be read. Throws StoreError `newer-format` when a newer
 * mctl has written it, `failed` with a ZooKeeperError as cause when nobody answers in time (`timed-out`) or we are not
 * allowed (`no-auth`, `auth-failed`). The connection is the caller's, and is not closed.
 */
export async function openZooKeeperStore(
  world: Pick<World, 'clock' | 'random' | 'log'>,
  connection: ZooKeeperConnection,
  options: ZooKeeperStoreOptions,
): Promise<Store> {
  const store = new ZooKeeperStore(world, connection, options);
  await store.open();
  return store;
}

class ZooKeeperStore implements Store {
  readonly #world: Pick<World, 'clock' | 'random' | 'log'>;
  readonly #connection: ZooKeeperConnection;
  readonly #layout: StoreLayout;
  readonly #writer: Writer<PendingCommit>;
  readonly #commitTimeoutMs: number;
  readonly #readTimeoutMs: number;
  readonly #queue: (PendingCommit | PendingRead)[] = [];
  #queuedBytes = 0;
  #work: Promise<void> | undefined;
  #isClosed = false;
  /** Why nothing can be written any more: the outcome of a commit is not known. */
  #failure: StoreError | undefined;

  constructor(
    world: Pick<World, 'clock' | 'random' | 'log'>,
    connection: ZooKeeperConnection,
    options: ZooKeeperStoreOptions,
  ) {
    this.#world = world;
    this.#connection = connection;
    this.#layout = new StoreLayout(options.path);
    this.#writer = new Writer(this.#layout, world.random);
    this.#commitTimeoutMs = options.commitTimeoutMs ?? 20_000;
    this.#readTimeoutMs = options.readTimeoutMs ?? 60_000;
  }

  /** Refuses what cannot be read, before anybody relies on it. */
  async open(): Promise<void> {
    try {
      await this.#persist(this.#deadline(this.#readTimeoutMs), (session) => readCommits(session, this.#layout));
    } catch (error) {
      throw this.#explained(error, 'opened');
    }
  }

  async read(prefix: string): Promise<StoreEntry[]> {
    this.#refuseWhenOver();
    const done = Promise.withResolvers<StoreEntry[]>();
    this.#enqueue({ kind: 'read', prefix, deadlineMs: this.#deadline(this.#readTimeoutMs), done });
    return done.promise;
  }

  async commit(changes: readonly StoreChange[], options: CommitOptions = {}): Promise<void> {
    this.#refuseWhenOver();
    const bytes = changes.reduce((sum, change) => sum + this.#measured(change), 0);
    if (this.#queue.length >= MAX_PENDING || this.#queuedBytes + bytes > MAX_PENDING_BYTES) {
      throw new StoreError('failed', `${this.#queue.length} requests wait for ${this.#connection.where} already`);
    }
    // The caller's bytes may change before they are sent.
    const copies = changes.map((change) =>
      change.kind === 'put' ? { ...change, value: change.value.slice() } : change,
    );
    const done = Promise.withResolvers<void>();
    const deadlineMs = this.#deadline(this.#commitTimeoutMs);
    this.#queuedBytes += bytes;
    this.#enqueue({ kind: 'commit', changes: copies, options, bytes, deadlineMs, done });
    return done.promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
  }

  #refuseWhenOver(): void {
    if (this.#isClosed) throw new StoreError('closed', 'the store is closed');
    if (this.#failure !== undefined) {
      throw new StoreError('failed', `an earlier commit failed: ${this.#failure.message}`, { cause: this.#failure });
    }
  }

  #measured(change: StoreChange): number {
    if (Buffer.byteLength(this.#layout.node(change.key).path) > MAX_KEY_BYTES) {
      throw new StoreError('too-large', `a key of ${change.key.length} characters is too long for a node`);
    }
    if (change.kind === 'delete') return 0;
    if (change.value.length > MAX_VALUE_BYTES) {
      throw new StoreError('too-large', `the value of '${change.key}' has ${change.value.length} bytes`);
    }
    return change.value.length;
  }

  #enqueue(item: PendingCommit | PendingRead): void {
    this.#queue.push(item);
    this.#work ??= this.#workOff();
  }

  async #workOff(): Promise<void> {
    // What is called in this turn goes out together.
    await Promise.resolve();
    for (let [first] = this.#queue; first !== undefined; [first] = this.#queue) {
      if (first.kind === 'read') await this.#readSome(first);
      else await this.#commitSome(first);
    }
    this.#work = undefined;
  }

  /** Those that nothing is committed between see the same: finding the keys costs most of it, and is done once. */
  async #readSome({ deadlineMs }: PendingRead): Promise<void> {
    const reads = this.#firstReads();
    const wanted = new WantedKeys(reads.map(({ prefix }) => prefix));
    try {
      const picture = await this.#persist(deadlineMs, (session) => this.#picture(session, wanted, deadlineMs));
      for (const { prefix, done } of reads) done.resolve(picture.filter(({ key }) => key.startsWith(prefix)));
    } catch (error) {
      const failure = this.#explained(error, 'read');
      for (const { done } of reads) done.reject(failure);
    }
    this.#queue.splice(0, reads.length);
  }

  #firstReads(): PendingRead[] {
    const reads: PendingRead[] = [];
    for (const item of this.#queue) {
      if (item.kind === 'commit' || reads.length === MAX_READS_A_PICTURE) break;
      reads.push(item);
    }
    return reads;
  }

  async #picture(session: ZooKeeperSession, wanted: WantedKeys, deadlineMs: number): Promise<StoreEntry[]> {
    let read = readPicture;
    for (let tries = 1; ; tries++) {
      const picture = await read(session, this.#layout, wanted).catch((error: unknown) => {
        if (read === readPicture || !cannotWatchTrees(error)) throw error;
        read = readPicture;
        return undefined;
      });
      if (picture !== undefined) return picture;
      // Somebody else writes.
      if (tries === 1) read = readBusyPicture;
      if (this.#isPast(deadlineMs)) {
        throw new StoreError('failed', `the state at ${this.#layout.root} changes faster than it can be read`);
      }
      await this.#pause(tries);
    }
  }

  /** Decides the first commits of the queue, or fails them all. */
  async #commitSome(first: PendingCommit): Promise<void> {
    const patience = this.#world.clock.setTimer(first.deadlineMs - this.#world.clock.monotonicMs(), () => {
      const { trouble } = this.#connection;
      const why = trouble === undefined ? '' : `: ${trouble}`;
      this.#fail(
        new StoreError('failed', `no word from ${this.#connection.where} for ${this.#commitTimeoutMs} ms${why}`),
      );
    });
    try {
      const decided = await this.#persist(first.deadlineMs, (session) => this.#advance(session));
      if (this.#failure !== undefined) return;
      this.#queue.splice(0, decided.length);
      for (const { commit, refusal } of decided) {
        this.#queuedBytes -= commit.bytes;
        if (refusal === undefined) commit.done.resolve();
        else commit.done.reject(refusal);
      }
    } catch (error) {
      this.#fail(this.#explained(error, 'written'));
    } finally {
      patience.cancel();
    }
  }

  /** Up to the next read, which must not see what comes after it. */
  #firstCommits(): PendingCommit[] {
    const commits: PendingCommit[] = [];
    for (const item of this.#queue) {
      if (item.kind === 'read' || commits.length === MAX_IN_SIGHT) break;
      commits.push(item);
    }
    return commits;
  }

  async #advance(session: ZooKeeperSession): Promise<readonly Decided<PendingCommit>[]> {
    for (let tries = 0; ; tries++) {
      // The first may only find out how things stand, a second that somebody else has written.
      if (tries > 2) await this.#pause(tries - 2);
      if (this.#failure !== undefined) throw this.#failure;
      const decided = await this.#writer.advance(session, this.#firstCommits());
      if (decided.length > 0) return decided;
    }
  }

  /** Does it on the present session, and again on the next when that broke under way. */
  async #persist<T>(deadlineMs: number, act: (session: ZooKeeperSession) => Promise<T>): Promise<T> {
    const { clock, log } = this.#world;
    for (let tries = 1; ; tries++) {
      try {
        const session = await this.#connection.connected(Math.max(1, deadlineMs - clock.monotonicMs()));
        return await act(session);
      } catch (error) {
        if (!mayPass(error) || this.#isPast(deadlineMs) || this.#failure !== undefined) throw error;
        log.debug('a request to ZooKeeper broke off, it is tried again', { path: this.#layout.root, tries, error });
        await this.#pause(tries);
      }
    }
  }

  /** Nobody may rely on anything after a commit whose outcome is not known. */
  #fail(failure: StoreError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#queuedBytes = 0;
    for (const { done } of this.#queue.splice(0)) done.reject(failure);
  }

  #explained(error: unknown, done: string): StoreError {
    return storeError(error, `the state at ${this.#layout.root} could not be ${done}`, this.#connection.where);
  }

  #deadline(timeoutMs: number): number {
    return this.#world.clock.monotonicMs() + timeoutMs;
  }

  #isPast(deadlineMs: number): boolean {
    return this.#world.clock.monotonicMs() >= deadlineMs;
  }

  #pause(tries: number): Promise<void> {
    return this.#world.clock.sleep(Math.min(PAUSE_MS * tries, MAX_PAUSE_MS));
  }
}
