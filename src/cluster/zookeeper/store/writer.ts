// Sends commits, several of them in one request and several requests at a time, in their order. Knows after any error how to
// find out what has happened: the node `commits` names the last commit of every writer, and a request that comes late, from
// a connection that broke, finds other versions there than it expects.
import type { Random } from '../../../world/world.ts';
import { type StoreChange, StoreError } from '../../store.ts';
import type { NodeOperation, ZooKeeperSession } from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { type Commit, Group } from './group.ts';
import {
  commitsBytes,
  fenceBytes,
  type Head,
  headAfter,
  headAfterPiece,
  isSame,
  MAX_WRITERS,
  readCommits,
  readHead,
  stepsOf,
} from './head.ts';
import { pieceBytes, readPiece } from './journal.ts';
import { KeyIndex } from './key-index.ts';
import type { StoreLayout } from './layout.ts';

/** Requests under way at a time: enough that the server is never idle while an answer travels. */
const MAX_IN_FLIGHT = 8;

/** What became of a commit: refused, or done when `refusal` is undefined. */
export interface Decided<C extends Commit> {
  readonly commit: C;
  readonly refusal: StoreError | undefined;
}

/** A request that decides commits, the first of those that no earlier one decides. */
interface Attempt<C extends Commit> {
  readonly number: number;
  readonly decided: readonly Decided<C>[];
  /** Whether a new epoch begins with it. */
  readonly isClaim: boolean;
}

interface Sent<C extends Commit> extends Attempt<C> {
  /** The error, or undefined when it was done. */
  readonly outcome: Promise<unknown>;
}

/** How things stand after all that was sent, if it is done. */
interface Expected {
  head: Head;
  /** Whether the fence is that of this row of requests. */
  isOwn: boolean;
  readonly index: KeyIndex;
}

/** Only one call of `advance` at a time. */
export class Writer<C extends Commit> {
  readonly #layout: StoreLayout;
  readonly #id: string;
  /** Of the last attempt of this writer; the first has 1. */
  #number = 0;
  /** Undefined before the first commit and after every error. */
  #expected: Expected | undefined;
  #inFlight: Sent<C>[] = [];
  /** Rows of attempts of which any first part may have happened, or may happen yet; of one row only. */
  #doubts: (readonly Attempt<C>[])[] = [];
  /** An attempt broke off without an answer since the last decision. */
  #isInDoubt = false;
  /** Pieces of journals may lie about that an earlier leader has not finished writing. */
  #mustSweep = false;

  constructor(layout: StoreLayout, random: Pick<Random, 'bytes'>) {
    this.#layout = layout;
    this.#id = Buffer.from(random.bytes(8)).toString('hex');
  }

  /**
   * Decides some of the waiting commits, the first ones; or none when somebody else has written meanwhile: then it is to be
   * called again. Throws ZooKeeperError: what had happened by then is found out by the next call. Throws StoreError `failed`
   * or `newer-format`: nobody can find it out.
   */
  async advance(session: ZooKeeperSession, waiting: readonly C[]): Promise<readonly Decided<C>[]> {
    try {
      if (this.#expected === undefined) {
        const expected = await this.#load(session);
        const decided = this.#resolveDoubts(expected.head);
        this.#expected = expected;
        if (decided.length > 0) return decided;
      }
      return await this.#proceed(session, this.#expected, waiting);
    } catch (error) {
      await this.#lookAgain();
      if (isOvertaken(error)) return [];
      this.#isInDoubt ||= error instanceof ZooKeeperError && error.mayHaveHappened;
      throw error;
    }
  }

  async #proceed(session: ZooKeeperSession, expected: Expected, waiting: readonly C[]): Promise<readonly Decided<C>[]> {
    if (this.#mustSweep && this.#inFlight.length === 0) {
      await this.#sweep(session, expected.head);
      this.#mustSweep = false;
    }
    // Answered after what is under way is done, so this is what it will be by then.
    const keys = waiting.flatMap(({ options }) => Object.keys(options.expect ?? {}));
    await expected.index.learn(session, keys);
    const group = this.#send(session, expected, waiting);
    const [first] = this.#inFlight;
    if (first !== undefined) {
      const error = await first.outcome;
      if (error !== undefined) throw error;
      this.#inFlight.shift();
      this.#wasDone(first);
      return first.decided;
    }
    const [large] = waiting;
    if (group === undefined || large === undefined) return [];
    if (group.decided.length === 0) return await this.#commitByJournal(session, expected, large);
    // Refused by what we know: make sure that it is still so.
    await session.sync(this.#layout.root);
    return isSame(expected.head.commits, await readCommits(session, this.#layout)) ? group.decided : this.#lookAgain();
  }

  /** Sends what fits. Undefined, or the group at which it stopped because there is nothing to send for it. */
  #send(session: ZooKeeperSession, expected: Expected, waiting: readonly C[]): Group<C> | undefined {
    let next = this.#inFlight.reduce((sum, { decided }) => sum + decided.length, 0);
    while (next < waiting.length && this.#inFlight.length < MAX_IN_FLIGHT) {
      const { head, index } = expected;
      const { epoch } = head.fence.content;
      const group = new Group<C>(this.#layout, index, epoch);
      for (let commit = waiting[next]; commit !== undefined && group.add(commit); commit = waiting[next]) next++;
      if (!group.isEffective) return group;
      const attempt = this.#attempt(group.decided, group.epoch > epoch);
      expected.head = headAfter(head, expected.isOwn, { epoch: group.epoch, writer: this.#id }, attempt.number);
      expected.isOwn = true;
      const request = session.multi([...stepsOf(this.#layout, head, expected.head), ...group.steps()]);
      group.settle();
      const outcome = request.then(
        () => undefined,
        (error: unknown) => error,
      );
      this.#inFlight.push({ ...attempt, outcome });
    }
    return undefined;
  }

  async #commitByJournal(session: ZooKeeperSession, expected: Expected, commit: C): Promise<readonly Decided<C>[]> {
    const { head, isOwn, index } = expected;
    const epoch = Math.max(head.fence.content.epoch, commit.options.fence ?? 0);
    const attempt = this.#attempt([{ commit, refusal: undefined }], epoch > head.fence.content.epoch);
    const pieces = this.#cut(index, withoutSuperseded(commit.changes));
    const id = `${this.#id}-${attempt.number}`;
    const written: NodeOperation[] = [];
    for (const [piece, changes] of pieces.entries()) {
      const path = this.#layout.piece(id, piece);
      await session.multi([this.#unclaimed(head), { kind: 'create', path, data: pieceBytes(changes) }]);
      written.push({ kind: 'check', path, version: 0 });
    }
    const journal = { id, pieces: pieces.length, applied: 0 };
    this.#doubts.push([attempt]);
    expected.head = headAfter(head, isOwn, { epoch, writer: this.#id }, attempt.number, journal);
    expected.isOwn = true;
    // From here on it counts, whoever does the rest.
    await session.multi([...stepsOf(this.#layout, head, expected.head), ...written]);
    await this.#finishJournal(session, expected);
    this.#wasDone(attempt);
    return attempt.decided;
  }

  #attempt(decided: readonly Decided<C>[], isClaim: boolean): Attempt<C> {
    this.#number++;
    return { number: this.#number, decided, isClaim };
  }

  /** Nothing that was in doubt before can happen after it. */
  #wasDone({ isClaim }: Attempt<C>): void {
    this.#doubts = [];
    this.#isInDoubt = false;
    this.#mustSweep ||= isClaim;
  }

  /** Nothing is known any more; none is decided. */
  async #lookAgain(): Promise<readonly Decided<C>[]> {
    this.#expected = undefined;
    if (this.#inFlight.length > 0) this.#doubts.push(this.#inFlight);
    const outcomes = this.#inFlight.map(({ outcome }) => outcome);
    this.#inFlight = [];
    // No later request may go out before these are over, or they would wait for one another's answers.
    await Promise.all(outcomes);
    return [];
  }

  /** Which of the attempts have happened, if any. */
  #resolveDoubts({ commits }: Head): readonly Decided<C>[] {
    const { writers } = commits.content;
    const mine = writers.find(({ id }) => id === this.#id);
    for (const row of this.#doubts) {
      const last = row.findIndex(({ number }) => number === mine?.number);
      if (last < 0) continue;
      const done = row.slice(0, last + 1);
      for (const attempt of done) this.#wasDone(attempt);
      // What came after them may be done yet; all that was tried otherwise may not.
      if (last + 1 < row.length) this.#doubts = [row.slice(last + 1)];
      return done.flatMap(({ decided }) => decided);
    }
    if (this.#isInDoubt && mine === undefined && writers.length >= MAX_WRITERS) {
      throw new StoreError('failed', `so many others have written to ${this.#layout.root} that the outcome is lost`);
    }
    return [];
  }

  /** Everything that has to be known before a commit, with whatever journal was left behind finished. */
  async #load(session: ZooKeeperSession): Promise<Expected> {
    await session.sync(this.#layout.root);
    const head = (await readHead(session, this.#layout)) ?? (await this.#found(session));
    const expected = { head, isOwn: false, index: await KeyIndex.load(session, this.#layout) };
    await this.#finishJournal(session, expected);
    return expected;
  }

  /** Makes the nodes of a new store. */
  async #found(session: ZooKeeperSession): Promise<Head> {
    const { entries, journal, fence, commits } = this.#layout;
    await Promise.all([entries, journal].map((path) => session.ensurePath(path, 'private')));
    await make(session, fence, fenceBytes({ epoch: 0, writer: '' }));
    await make(session, commits, commitsBytes({ writers: [] }));
    const head = await readHead(session, this.#layout);
    if (head === undefined) throw new ZooKeeperError('no-node', 'it was removed at once', { path: commits });
    return head;
  }

  async #finishJournal(session: ZooKeeperSession, expected: Expected): Promise<void> {
    for (;;) {
      const { head, index } = expected;
      const { journal } = head.commits.content;
      if (journal === undefined) return;
      const { id, pieces, applied } = journal;
      const path = this.#layout.piece(id, applied);
      const changes = await readPiece(session, this.#layout, id, applied);
      if (changes === undefined) throw new ZooKeeperError('bad-version', 'somebody else finishes it', { path });
      const group = new Group(this.#layout, index, 0);
      // One by one, as `#cut` did: a bucket that several of them make counts once.
      if (!changes.every((change) => group.take([change]))) {
        throw new StoreError('failed', `${path} is too large to be applied`);
      }
      const next = headAfterPiece(head, applied + 1 === pieces ? undefined : { ...journal, applied: applied + 1 });
      await session.multi([...stepsOf(this.#layout, head, next), ...group.steps(), { kind: 'remove', path }]);
      group.settle();
      expected.head = next;
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
  async #sweep(session: ZooKeeperSession, head: Head): Promise<void> {
    for (const name of (await session.children(this.#layout.journal)) ?? []) {
      await session.multi([this.#unclaimed(head), { kind: 'remove', path: `${this.#layout.journal}/${name}` }]);
    }
  }

  /** Step of a request that is refused when another writer has taken over. */
  #unclaimed({ fence }: Head): NodeOperation {
    return { kind: 'check', path: this.#layout.fence, version: fence.version };
  }
}

async function make(session: ZooKeeperSession, path: string, data: Uint8Array): Promise<void> {
  try {
    await session.create(path, data, { access: 'private' });
  } catch (error) {
    if (!(error instanceof ZooKeeperError && error.code === 'node-exists')) throw error;
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
