// A store on the simulated ensemble. What was sent takes effect although its sender was stopped or died meanwhile: only the
// fence keeps late writes out, as it must in life.
import {
  type CommitOptions,
  MAX_VALUE_BYTES,
  type Store,
  type StoreChange,
  type StoreEntry,
  StoreError,
} from '../../cluster/store.ts';
import type { EnsembleSession } from './ensemble-session.ts';
import type { StoreState } from './simulated-store.ts';

const TRY_AGAIN_MS = 50;
/** A commit that waits longer fails. */
const COMMIT_LIMIT_MS = 20_000;
const READ_LIMIT_MS = 60_000;
/** Some requests are under way for so long that another may lead when they arrive. */
const SLOW_CHANCE = 0.04;
const SLOW_MS = 9_000;

export class EnsembleStore implements Store {
  readonly #session: EnsembleSession;
  readonly #state: StoreState;
  /** Ends when the request before has been answered. */
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #failure: StoreError | undefined;

  constructor(session: EnsembleSession, state: StoreState) {
    this.#session = session;
    this.#state = state;
  }

  read(prefix: string): Promise<StoreEntry[]> {
    return this.#inOrder(READ_LIMIT_MS, () => this.#state.read(prefix));
  }

  commit(changes: readonly StoreChange[], options: CommitOptions = {}): Promise<void> {
    const copies = changes.map((change) =>
      change.kind === 'put' ? { ...change, value: change.value.slice() } : change,
    );
    return this.#inOrder(COMMIT_LIMIT_MS, () => {
      for (const change of copies) {
        if (change.kind === 'put' && change.value.length > MAX_VALUE_BYTES) {
          throw new StoreError('too-large', `${change.key}: more than ${MAX_VALUE_BYTES} bytes`);
        }
      }
      this.#state.apply(copies, options);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  #inOrder<T>(limitMs: number, act: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(new StoreError('closed', 'the store is closed'));
    const deadlineMs = this.#session.life.engine.nowMs + limitMs;
    const done = this.#last.then(() => this.#attempt(deadlineMs, act));
    this.#last = done.catch(() => undefined);
    return done;
  }

  #attempt<T>(deadlineMs: number, act: () => T): Promise<T> {
    const { life } = this.#session;
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const send = (): void => {
        if (!this.#session.isReachable) {
          if (life.engine.nowMs < deadlineMs) life.later('again', TRY_AGAIN_MS, send);
          else {
            this.#failure = new StoreError('failed', 'the ensemble does not answer');
            reject(this.#failure);
          }
          return;
        }
        // At the ensemble, whatever becomes of the process meanwhile.
        const isSlow = life.random.chance(SLOW_CHANCE) && !this.#session.isSteady;
        const slow = isSlow ? life.random.between(0, SLOW_MS) : 0;
        life.engine.schedule('arrive', slow + life.random.between(0.5, 4), () => {
          let settle: () => void;
          try {
            const answer = act();
            settle = () => resolve(answer);
          } catch (error) {
            settle = () => reject(error);
          }
          life.later('answer', life.random.between(0.5, 4), settle);
        });
      };
      life.later('send', 0, send);
    });
  }
}
