// Writes the registry: every operation is a commit of its own, handed to the store at once and in order, and it is the store
// that puts many of them into one transaction. So a thousand agents that come together do not wait for the last of them.
// A write that fails or takes too long ends the master, which could no longer say what is durable (mesos-semantics.md 11.1).
import type { Store, StoreChange, StoreEntry } from '../../../cluster/store.ts';
import type { Clock, Log } from '../../../world/world.ts';
import { TimerMetric } from '../../serving/metrics/timer-metric.ts';
import { ShortTurns } from '../agent-link/short-turns.ts';
import { REGISTRY_PREFIX } from './records.ts';
import { RegistrySize } from './registry-size.ts';

export interface RegistrarOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked before every write, and before anybody is told of one. */
  readonly gate: WriteGate;
  readonly fetchTimeoutMs: number;
  readonly storeTimeoutMs: number;
  /** Called once; nothing is written afterwards, and no pending `apply` resolves. */
  readonly onFailure: (reason: string) => void;
}

/** Whether this master is certain to lead. */
export interface WriteGate {
  mayAct(): boolean;
  /** Resolves once it may, never when it may not any more. */
  acting(): Promise<void>;
}

interface Waiting {
  readonly changes: readonly StoreChange[];
  readonly resolve: () => void;
}

/** The only writer of the registry. `fetch` comes first: it sets the epoch that every write is fenced with. */
export class Registrar {
  readonly #options: RegistrarOptions;
  /** Of our leadership; every write is refused when there is a newer one. */
  #epoch: number | undefined;
  #waiting: Waiting[] = [];
  /** Somebody waits for the gate, or sends what waited for it. */
  #isWriting = false;
  #underWay = 0;
  /** Of the operation that was sent last: who is told of it is told after all who came before. */
  #settled: Promise<void> = Promise.resolve();
  /** The store answers up to a thousand operations at once, and whoever is told of one goes on at once. */
  readonly #turns: ShortTurns;
  #isOver = false;
  readonly storeTime = new TimerMetric('registrar/state_store_ms');
  readonly fetchTime = new TimerMetric('registrar/state_fetch_ms');
  readonly size = new RegistrySize();

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#turns = new ShortTurns(options.clock);
  }

  /** Operations that wait for their write or for its end. */
  get queuedOperations(): number {
    return this.#waiting.length + this.#underWay;
  }

  /**
   * Claims the registry for this epoch, so that nothing an older leader still writes gets in any more, and then reads
   * everything. Throws when it takes longer than `--registry_fetch_timeout`, or what the store throws.
   */
  async fetch(epoch: number): Promise<StoreEntry[]> {
    this.#epoch = epoch;
    const { store, clock, fetchTimeoutMs } = this.#options;
    const startedMs = clock.monotonicMs();
    const claimed = store.commit([], { fence: epoch }).then(() => store.read(REGISTRY_PREFIX));
    const entries = await this.#within(fetchTimeoutMs, claimed, 'Failed to read the registry');
    this.fetchTime.record(clock.monotonicMs() - startedMs);
    this.size.reset(entries);
    return entries;
  }

  /**
   * Resolves when the changes are durable. Never rejects: after a failure the master is on its way out, and whoever waits
   * here must not go on. State has to be looked at again after it: other turns have passed.
   */
  apply(changes: readonly StoreChange[]): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ changes, resolve });
      if (!this.#isWriting) void this.#write();
    });
  }

  /** Nothing is written any more. */
  stop(): void {
    this.#isOver = true;
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    const { gate } = this.#options;
    while (this.#waiting.length > 0 && !this.#isOver) {
      if (!gate.mayAct()) await gate.acting();
      if (this.#isOver) return;
      for (const operation of this.#waiting.splice(0)) this.#commit(operation);
    }
    this.#isWriting = false;
  }

  #commit(operation: Waiting): void {
    const { store, clock, storeTimeoutMs } = this.#options;
    const options = this.#epoch === undefined ? {} : { fence: this.#epoch };
    const commit = store.commit(operation.changes, options);
    const written = this.#within(storeTimeoutMs, commit, 'Failed to write the registry').then(
      () => true,
      (error: unknown) => {
        this.#fail(error);
        return false;
      },
    );
    this.#underWay += 1;
    const startedMs = clock.monotonicMs();
    this.#settled = this.#settled.then(() => this.#settle(operation, written, startedMs));
  }

  async #settle({ changes, resolve }: Waiting, written: Promise<boolean>, startedMs: number): Promise<void> {
    const { clock, gate } = this.#options;
    const isWritten = await written;
    const tookMs = clock.monotonicMs() - startedMs;
    const turn = this.#turns.run(() => undefined);
    if (turn !== undefined) await turn;
    this.#underWay -= 1;
    if (!isWritten) return;
    if (!gate.mayAct()) await gate.acting();
    if (this.#isOver) return;
    this.storeTime.record(tookMs);
    this.size.apply(changes);
    resolve();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.log.error('the registry could not be written', { error });
    this.#options.onFailure(error instanceof Error ? error.message : String(error));
  }

  #within<T>(limitMs: number, work: Promise<T>, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimer(limitMs, () => reject(new Error(`${what} within ${limitMs} ms`)));
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}
