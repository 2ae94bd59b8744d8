// Keeps one connection up: tries again when it ends, later and later while it does not succeed, at once when it is told to.
import { BackOff } from '../../client/back-off.ts';
import type { Timer, World } from '../../world/world.ts';
import { wordsOf } from '../effects/outside.ts';
import type { Feed } from './feed.ts';

const LIMITS = { firstMs: 500, maxMs: 15_000 };

/** One connection, from the first try to its end. */
export interface Attempt {
  /** True once it must not do anything any more. */
  readonly isOver: boolean;
  /** Called when it is to end from outside; at once if it already is. */
  onOver(fn: () => void): void;
  /** It works: the next wait is a short one again. */
  succeeded(): void;
}

/** What is kept up. `run` resolves, or rejects, when the connection is over. */
export interface Kept {
  run(attempt: Attempt): Promise<void>;
  /** It ended, and not because it was told to. */
  failed(why: string, error: unknown): void;
}

/** Begins at once. */
export class Keeper implements Feed {
  readonly #clock: World['clock'];
  readonly #backOff: BackOff;
  readonly #kept: Kept;
  #current: CurrentAttempt | undefined;
  #waiting: Timer | undefined;
  #isClosed = false;

  constructor({ clock, random }: Pick<World, 'clock' | 'random'>, kept: Kept) {
    this.#clock = clock;
    this.#backOff = new BackOff(random, LIMITS);
    this.#kept = kept;
    void this.#try();
  }

  restart(): void {
    if (this.#isClosed) return;
    this.#waiting?.cancel();
    this.#current?.end();
    void this.#try();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting?.cancel();
    this.#current?.end();
  }

  async #try(): Promise<void> {
    const attempt = new CurrentAttempt(() => this.#backOff.reset());
    this.#current = attempt;
    let error: unknown;
    try {
      await this.#kept.run(attempt);
    } catch (caught) {
      error = caught;
    }
    if (attempt.isOver || this.#isClosed) return;
    attempt.end();
    this.#kept.failed(wordsOf(error ?? 'the connection ended'), error);
    this.#waiting = this.#clock.setTimer(this.#backOff.next(), () => void this.#try());
  }
}

class CurrentAttempt implements Attempt {
  readonly succeeded: () => void;
  readonly #closers: (() => void)[] = [];
  isOver = false;

  constructor(succeeded: () => void) {
    this.succeeded = succeeded;
  }

  onOver(fn: () => void): void {
    if (this.isOver) fn();
    else this.#closers.push(fn);
  }

  end(): void {
    this.isOver = true;
    for (const close of this.#closers.splice(0)) close();
  }
}
