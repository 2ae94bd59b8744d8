// Reads a stream that comes as fast as it can be read without keeping everybody else waiting: after a while it is held, and goes on
// in a later turn.
import type { ClientStream } from '../../world/net.ts';
import type { Clock, Timer } from '../../world/world.ts';

/** Of reading at once; then everybody else has a turn. */
const MAX_READING_MS = 8;

export class ReadingTurns {
  readonly #stream: ClientStream;
  readonly #clock: Clock;
  #turn: Timer | undefined;
  #readingMs = 0;

  constructor(stream: ClientStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  /** Something has been read since then (monotonic). */
  hasRead(sinceMs: number): void {
    this.#readingMs += this.#clock.monotonicMs() - sinceMs;
    if (this.#readingMs < MAX_READING_MS || this.#turn !== undefined) return;
    this.#stream.pause();
    this.#turn = this.#clock.setTimer(0, () => {
      this.#turn = undefined;
      this.#readingMs = 0;
      this.#stream.resume();
    });
  }

  cancel(): void {
    this.#turn?.cancel();
  }
}
