// Letters on their way through one channel: one at a time, three attempts each, at most so many waiting. What is dropped is counted and
// logged, never silently gone, and nothing here ever holds up a job (chronos.md 12.9).
import type { Clock, Log, Timer } from '../../../world/world.ts';
import type { Channel } from './channel.ts';
import type { Letter, Notice } from './letter.ts';

/** One of them is about 2 kB. */
const MAX_WAITING = 1000;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 2000;
const PAUSE_FACTOR = 5;

interface Item {
  readonly letter: Letter;
  readonly notice: Notice;
  readonly to: readonly string[];
}

/** `sent`, `failed` after all attempts, `dropped` because too many waited. */
export interface OutboxCounts {
  readonly sent: number;
  readonly failed: number;
  readonly dropped: number;
}

export class Outbox {
  readonly #channel: Channel;
  readonly #clock: Pick<Clock, 'setTimer'>;
  readonly #log: Log;
  readonly #waiting: Item[] = [];
  readonly #counts = { sent: 0, failed: 0, dropped: 0 };
  #pause: Timer | undefined;
  #isBusy = false;
  #isStopped = false;

  constructor(channel: Channel, clock: Pick<Clock, 'setTimer'>, log: Log) {
    this.#channel = channel;
    this.#clock = clock;
    this.#log = log;
  }

  get counts(): OutboxCounts {
    return this.#counts;
  }

  /** Takes it or, when the box is full, drops it. */
  add(item: Item): void {
    if (this.#isStopped) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#counts.dropped += 1;
      if (this.#counts.dropped % 100 === 1) {
        this.#log.warn('Notices are dropped: too many wait', {
          channel: this.#channel.name,
          dropped: this.#counts.dropped,
        });
      }
      return;
    }
    this.#waiting.push(item);
    this.#next();
  }

  /** What waits is not sent any more; the log says how much that is. */
  stop(): void {
    this.#isStopped = true;
    const unsent = this.#waiting.length + (this.#isBusy ? 1 : 0);
    if (unsent > 0) this.#log.warn('Notices may not be sent any more', { channel: this.#channel.name, unsent });
    this.#pause?.cancel();
    this.#waiting.length = 0;
  }

  #next(): void {
    if (this.#isBusy || this.#isStopped) return;
    const item = this.#waiting.shift();
    if (item === undefined) return;
    this.#isBusy = true;
    this.#try(item, 1);
  }

  #try(item: Item, attempt: number): void {
    const { name } = this.#channel;
    this.#channel.send(item.letter, item.notice, item.to).then(
      () => {
        this.#counts.sent += 1;
        this.#done();
      },
      (error: unknown) => {
        if (this.#isStopped) return;
        const why = error instanceof Error ? error.message : String(error);
        const fields = {
          channel: name,
          job: item.notice.job.definition.name,
          occasion: item.notice.occasion,
          attempt,
          why,
        };
        if (attempt === ATTEMPTS) {
          this.#counts.failed += 1;
          this.#log.error('A notice could not be sent', fields);
          this.#done();
          return;
        }
        this.#log.warn('A notice could not be sent, another attempt follows', fields);
        const delayMs = FIRST_PAUSE_MS * PAUSE_FACTOR ** (attempt - 1);
        this.#pause = this.#clock.setTimer(delayMs, () => this.#try(item, attempt + 1));
      },
    );
  }

  #done(): void {
    this.#isBusy = false;
    this.#next();
  }
}
