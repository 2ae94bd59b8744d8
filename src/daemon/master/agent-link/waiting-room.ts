// Where agents wait for a leader that is about to be ready: it reads its registry, or is not certain to lead for a moment. An
// agent that is sent away comes again after a random time that doubles, so that a fail-over would last as long as the
// patience of its unluckiest agent; one that waits here is served as soon as anybody is.
import type { HttpResponse } from '../../../world/net.ts';
import type { Clock, Timer } from '../../../world/world.ts';

/** Agents give up after 30 s. */
const MAX_WAIT_MS = 20_000;
const LOOK_EVERY_MS = 20;
/** So many are let in at a time, and others are served in between: each costs the master a fraction of a millisecond. */
const LET_IN_AT_ONCE = 20;
const LET_IN_EVERY_MS = 1;
/** Of requests that wait. Further ones are sent away, to come again; their number is limited by the listener. */
export const MAX_WAITING_BYTES = 256 * 1024 * 1024;

/** What a guest is told instead of being let in; undefined when it may come in. */
type Door = () => HttpResponse | undefined;

/** Whether the same request may be served a moment later, and by us. */
export function isForNow(instead: HttpResponse | undefined): boolean {
  return instead?.status === 503;
}

interface Guest {
  readonly sinceMs: number;
  readonly bytes: number;
  readonly door: Door;
  readonly leave: (instead: HttpResponse | undefined) => void;
}

/** First come, first served. Only 503 is waited out: whoever is sent to another leader is sent at once. */
export class WaitingRoom {
  readonly #clock: Clock;
  #guests: Guest[] = [];
  #bytes = 0;
  #look: Timer | undefined;

  /** `clock`: one that goes on while the master may not act. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What to answer instead of serving a request of so many bytes; undefined, perhaps after a while, to serve it. */
  enter(bytes: number, door: Door): HttpResponse | undefined | Promise<HttpResponse | undefined> {
    const instead = door();
    // Nobody overtakes those who wait.
    const mustWait = instead === undefined ? this.#guests.length > 0 : isForNow(instead);
    if (!mustWait || this.#bytes + bytes > MAX_WAITING_BYTES) return instead;
    return new Promise((leave) => {
      this.#bytes += bytes;
      this.#guests.push({ sinceMs: this.#clock.monotonicMs(), bytes, door, leave });
      this.#look ??= this.#clock.setTimer(LOOK_EVERY_MS, () => this.#lookAround());
    });
  }

  #lookAround(): void {
    const oldestMs = this.#clock.monotonicMs() - MAX_WAIT_MS;
    let letIn = 0;
    let gone = 0;
    for (const { sinceMs, bytes, door, leave } of this.#guests) {
      const instead = door();
      if (letIn === LET_IN_AT_ONCE || (isForNow(instead) && sinceMs > oldestMs)) break;
      if (instead === undefined) letIn += 1;
      gone += 1;
      this.#bytes -= bytes;
      leave(instead);
    }
    this.#guests = this.#guests.slice(gone);
    const isNext = this.#guests.length > 0;
    const delayMs = letIn > 0 ? LET_IN_EVERY_MS : LOOK_EVERY_MS;
    this.#look = isNext ? this.#clock.setTimer(delayMs, () => this.#lookAround()) : undefined;
  }
}
