// A Store whose commits take time and may be cut short: acknowledged commits survive everything, of those under way when
// the process dies chance keeps the first few.
import {
  type CommitOptions,
  MAX_VALUE_BYTES,
  type Store,
  type StoreChange,
  type StoreEntry,
  StoreError,
} from '../../cluster/store.ts';
import type { ProcessLife } from '../core/process.ts';
import type { DiskFaults } from '../disk/faults.ts';
import type { ElectionState } from './simulated-election.ts';

/** What is durable. */
export class StoreState {
  readonly name: string;
  newestFence = 0;
  readonly #entries = new Map<string, StoreEntry>();

  constructor(name: string) {
    this.name = name;
  }

  read(prefix: string): StoreEntry[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.key.startsWith(prefix))
      .map((entry) => ({ ...entry, value: entry.value.slice() }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  apply(changes: readonly StoreChange[], options: CommitOptions): void {
    const { fence } = options;
    if (fence !== undefined && fence < this.newestFence) {
      throw new StoreError('fenced', `epoch ${fence} is over: ${this.newestFence} has begun`);
    }
    for (const [key, version] of Object.entries(options.expect ?? {})) {
      const present = this.#entries.get(key)?.version ?? 0;
      if (present !== version) {
        throw new StoreError('conflict', `${key} has version ${present}, not ${version}`);
      }
    }
    this.newestFence = Math.max(this.newestFence, fence ?? 0);
    for (const change of changes) {
      if (change.kind === 'delete') {
        this.#entries.delete(change.key);
      } else {
        const version = (this.#entries.get(change.key)?.version ?? 0) + 1;
        this.#entries.set(change.key, { key: change.key, value: change.value, version });
      }
    }
  }
}

const COMMIT_MS = 3;
const READ_MS = 0.5;

export class SimulatedStore implements Store {
  readonly #life: ProcessLife;
  readonly #state: StoreState;
  readonly #election: ElectionState;
  readonly #faults: DiskFaults;
  readonly #underWay: (() => void)[] = [];
  #lastAtMs = 0;
  #isClosed = false;
  #hasFailed = false;

  constructor(life: ProcessLife, state: StoreState, election: ElectionState, faults: DiskFaults) {
    this.#life = life;
    this.#state = state;
    this.#election = election;
    this.#faults = faults;
    life.onDeath(() => this.#die());
  }

  read(prefix: string): Promise<StoreEntry[]> {
    return this.#inOrder('store-read', READ_MS, () => {
      this.#checkOpen();
      return this.#state.read(prefix);
    });
  }

  commit(changes: readonly StoreChange[], options: CommitOptions = {}): Promise<void> {
    const copies = changes.map((change) =>
      change.kind === 'put' ? { ...change, value: change.value.slice() } : change,
    );
    const apply = () => {
      this.#checkOpen();
      this.#checkSizes(copies);
      this.#state.newestFence = Math.max(this.#state.newestFence, this.#election.epoch);
      this.#state.apply(copies, options);
    };
    this.#underWay.push(apply);
    return this.#inOrder('store-commit', COMMIT_MS, () => {
      this.#underWay.shift();
      const failure = this.#hasFailed ? undefined : this.#faults.next(this.#state.name, this.#life.random);
      if (failure === undefined) {
        apply();
        return;
      }
      // Whether it is there is for the next life to find out; this one gets nothing more out of the store.
      if (this.#life.random.chance(0.5)) {
        apply();
      }
      this.#hasFailed = true;
      throw new StoreError('failed', `the commit may or may not be there: ${failure.message}`, { cause: failure });
    });
  }

  close(): Promise<void> {
    return this.#inOrder('store-close', READ_MS, () => {
      this.#isClosed = true;
    });
  }

  #checkOpen(): void {
    if (this.#isClosed) {
      throw new StoreError('closed', 'the store is closed');
    }
    if (this.#hasFailed) {
      throw new StoreError('failed', 'an earlier commit failed: open the store again');
    }
  }

  #checkSizes(changes: readonly StoreChange[]): void {
    for (const change of changes) {
      if (change.kind === 'put' && change.value.length > MAX_VALUE_BYTES) {
        throw new StoreError(
          'too-large',
          `${change.key}: ${change.value.length} bytes are more than ${MAX_VALUE_BYTES}`,
        );
      }
    }
  }

  #inOrder<T>(label: string, baseMs: number, act: () => T): Promise<T> {
    const { nowMs } = this.#life.engine;
    this.#lastAtMs = Math.max(this.#lastAtMs, nowMs + baseMs * this.#life.random.between(0.5, 2));
    return this.#life.perform(label, this.#lastAtMs - nowMs, act);
  }

  #die(): void {
    for (const apply of this.#underWay) {
      if (!this.#life.random.chance(0.5)) {
        return;
      }
      try {
        apply();
      } catch (error) {
        // Refused, as it would have been: there is nobody left to tell.
        if (!(error instanceof StoreError)) {
          throw error;
        }
      }
    }
  }
}
