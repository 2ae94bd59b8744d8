// Sends commits: everything that waits in one request, one request at a time, so that commits stay in their order. Knows
// after any error how to find out what has happened: the node `commits` names the last commit of every writer, and a
// request that comes late, from a connection that broke, finds another version there than it expects.
import type { Random } from '../../../world/world.ts';
import { type StoreChange, StoreError } from '../../store.ts';
import type { NodeOperation, ZooKeeperSession } from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import {
  EMPTY_RECORD,
  type Head,
  headAfter,
  isSame,
  MAX_WRITERS,
  type PendingJournal,
  readHead,
  recordBytes,
  setHead,
  withCommit,
} from './commits-record.ts';
import { type Commit, Group } from './group.ts';
import { pieceBytes, readPiece } from './journal.ts';
import { KeyIndex } from './key-index.ts';
import type { StoreLayout } from './layout.ts';

/** What became of a commit: refused, or done when `refusal` is undefined. */
export interface Decided<C extends Commit> {
  readonly commit: C;
  readonly refusal: StoreError | undefined;
}

/** A request that may have been done. */
interface Attempt<C extends Commit> {
  readonly number: number;
  readonly decided: readonly Decided<C>[];
}

interface Known {
  head: Head;
  readonly index: KeyIndex;
}

/** Only one call of `advance` at a time. */
export class Writer<C extends Commit> {
  readonly #layout: StoreLayout;
  readonly #id: string;
  /** Of the last commit or attempt of this writer; the first has 1. */
  #number = 0;
  /** Undefined before the first commit and after every doubt. */
  #known: Known | undefined;
  /** Of commits that have not been decided; at most one of them has happened. */
  #attempts: Attempt<C>[] = [];
  /** An attempt broke off without an answer since the last decision. */
  #isInDoubt = false;
  /** Pieces of journals may lie about that an earlier leader has not finished writing. */
  #mustSweep = false;

  constructor(layout: StoreLayout, random: Pick<Random, 'bytes'>) {
    this.#layout = layout;
    this.#id = Buffer.from(random.bytes(8)).toString('hex');
  }

  /**
   * Decides at least one of the waiting commits, the first ones, or none when somebody else has written meanwhile: then
   * it is to be called again. Throws ZooKeeperError: what had happened by then is found out by the next call. Throws
   * StoreError `failed` or `newer-format`: nobody can find it out.
   */
  async advance(session: ZooKeeperSession, waiting: readonly C[]): Promise<readonly Decided<C>[]> {
    const known = this.#known;
    // Taken up again at the end: whatever is thrown below leaves a doubt.
    this.#known = undefined;
    try {
      if (known !== undefined) return await this.#commit(session, known, waiting);
      this.#known = await this.#load(session);
      return this.#resolveDoubts(this.#known.head);
    } catch (error) {
      if (isOvertaken(error)) return [];
      this.#isInDoubt ||= error instanceof ZooKeeperError && error.mayHaveHappened;
      throw error;
    }
  }

  async #commit(session: ZooKeeperSession, known: Known, waiting: readonly C[]): Promise<readonly Decided<C>[]> {
    if (this.#mustSweep) {
      await this.#sweep(session, known);
      this.#mustSweep = false;
    }
    const expected = waiting.flatMap(({ options }) => Object.keys(options.expect ?? {}));
    await known.index.learn(session, expected);
    const group = new Group<C>(this.#layout, known.index, known.head.record.epoch);
    for (const commit of waiting) if (!group.add(commit)) break;
    const [first] = waiting;
    return group.decided.length === 0 && first !== undefined
      ? this.#commitByJournal(session, known, first)
      : this.#commitAtOnce(session, known, group);
  }

  async #commitAtOnce(session: ZooKeeperSession, known: Known, group: Group<C>): Promise<readonly Decided<C>[]> {
    const { head } = known;
    if (!group.isEffective) {
      // Refused by what we know: make sure that it is still so.
      await session.sync(this.#layout.root);
      if (!isSame(head, await readHead(session, this.#layout))) return [];
      this.#known = known;
      return group.decided;
    }
    const record = withCommit(head.record, this.#id, this.#attempt(group.decided), group.epoch);
    await session.multi([setHead(this.#layout, head, record), ...group.steps()]);
    group.settle();
    known.head = headAfter(head, record);
    this.#decided(known, group.epoch > head.record.epoch);
    return group.decided;
  }

  async #commitByJournal(session: ZooKeeperSession, known: Known, commit: C): Promise<readonly Decided<C>[]> {
    const { head } = known;
    const decided = [{ commit, refusal: undefined }];
    const number = this.#attempt(decided);
    const id = `${this.#id}-${number}`;
    const pieces = this.#cut(known.index, withoutSuperseded(commit.changes));
    const unchanged: NodeOperation = { kind: 'check', path: this.#layout.commits, version: head.version };
    const written: NodeOperation[] = [];
    for (const [index, changes] of pieces.entries()) {
      const path = this.#layout.piece(id, index);
      await session.multi([unchanged, { kind: 'create', path, data: pieceBytes(changes) }]);
      written.push({ kind: 'check', path, version: 0 });
    }
    const epoch = Math.max(head.record.epoch, commit.options.fence ?? 0);
    const journal: PendingJournal = { id, pieces: pieces.length, applied: 0 };
    const record = { ...withCommit(head.record, this.#id, number, epoch), journal };
    // From here on it counts, whoever does the rest.
    await session.multi([setHead(this.#layout, head, record), ...written]);
    known.head = headAfter(head, record);
    await this.#finishJournal(session, known);
    this.#decided(known, epoch > head.record.epoch);
    return decided;
  }

  /** Number of a request that decides these, remembered until its outcome is known. */
  #attempt(decided: readonly Decided<C>[]): number {
    this.#number++;
    this.#attempts.push({ number: this.#number, decided });
    return this.#number;
  }

  #decided(known: Known, isClaim: boolean): void {
    this.#known = known;
    this.#attempts = [];
    this.#isInDoubt = false;
    this.#mustSweep ||= isClaim;
  }

  /** After a doubt: which of the attempts has happened, if any. */
  #resolveDoubts({ record }: Head): readonly Decided<C>[] {
    const mine = record.writers.find(({ id }) => id === this.#id);
    const done = this.#attempts.find(({ number }) => number === mine?.number);
    if (done !== undefined) {
      this.#attempts = [];
      this.#isInDoubt = false;
      this.#mustSweep = true;
      return done.decided;
    }
    if (this.#isInDoubt && mine === undefined && record.writers.length >= MAX_WRITERS) {
      throw new StoreError('failed', `so many others have written to ${this.#layout.root} that the outcome is lost`);
    }
    return [];
  }

  /** Everything that has to be known before a commit, with whatever journal was left behind finished. */
  async #load(session: ZooKeeperSession): Promise<Known> {
    await session.sync(this.#layout.root);
    const head = (await readHead(session, this.#layout)) ?? (await this.#found(session));
    const known = { head, index: await KeyIndex.load(session, this.#layout) };
    await this.#finishJournal(session, known);
    return known;
  }

  /** Makes the nodes of a new store. */
  async #found(session: ZooKeeperSession): Promise<Head> {
    const { entries, journal, commits } = this.#layout;
    await Promise.all([entries, journal].map((path) => session.ensurePath(path, 'private')));
    try {
      await session.create(commits, recordBytes(EMPTY_RECORD), { access: 'private' });
    } catch (error) {
      if (!(error instanceof ZooKeeperError && error.code === 'node-exists')) throw error;
    }
    const head = await readHead(session, this.#layout);
    if (head === undefined) throw new ZooKeeperError('no-node', 'it was removed at once', { path: commits });
    return head;
  }

  async #finishJournal(session: ZooKeeperSession, known: Known): Promise<void> {
    for (let { journal } = known.head.record; journal !== undefined; journal = known.head.record.journal) {
      const { id, pieces, applied } = journal;
      const changes = await readPiece(session, this.#layout, id, applied);
      const path = this.#layout.piece(id, applied);
      if (changes === undefined) throw new ZooKeeperError('bad-version', 'somebody else finishes it', { path });
      const group = new Group(this.#layout, known.index, known.head.record.epoch);
      if (!group.take(changes)) throw new StoreError('failed', `${path} is too large to be applied`);
      const isLast = applied + 1 === pieces;
      const record = { ...known.head.record, journal: isLast ? undefined : { ...journal, applied: applied + 1 } };
      await session.multi([setHead(this.#layout, known.head, record), ...group.steps(), { kind: 'remove', path }]);
      group.settle();
      known.head = headAfter(known.head, record);
    }
  }

  /** The changes in order, in pieces that can be applied each in one request. */
  #cut(index: KeyIndex, changes: readonly StoreChange[]): StoreChange[][] {
    const pieces: StoreChange[][] = [];
    let group: Group<C> | undefined;
    for (const change of changes) {
      const last = pieces.at(-1);
      if (group?.take([change]) && last !== undefined) {
        last.push(change);
        continue;
      }
      group = new Group<C>(this.#layout, index, 0);
      group.take([change]);
      pieces.push([change]);
    }
    return pieces;
  }

  /** Removes pieces that no commit refers to. Their writers are fenced by now. */
  async #sweep(session: ZooKeeperSession, { head }: Known): Promise<void> {
    const unchanged: NodeOperation = { kind: 'check', path: this.#layout.commits, version: head.version };
    for (const name of (await session.children(this.#layout.journal)) ?? []) {
      await session.multi([unchanged, { kind: 'remove', path: `${this.#layout.journal}/${name}` }]);
    }
  }
}

/** Of several values of a key only the last is kept; what counts versions stays. */
function withoutSuperseded(changes: readonly StoreChange[]): StoreChange[] {
  const last = new Map(changes.map((change, index) => [change.key, index]));
  return changes.map((change, index) =>
    change.kind === 'put' && last.get(change.key) !== index ? { ...change, value: new Uint8Array(0) } : change,
  );
}

/** Somebody else has written, or has changed nodes by hand: what we knew does not hold. */
function isOvertaken(error: unknown): boolean {
  return (
    error instanceof ZooKeeperError &&
    (error.code === 'bad-version' || error.code === 'no-node' || error.code === 'node-exists')
  );
}
