// What became of operations with feedback, told again after 10 s, 20 s, … 10 min until somebody has heard it
// (mesos-semantics.md 4, 6.1). What is told here is durable already. One status an operation: the last.
import type { Operation } from '../../../mesos/generated/v1.ts';
import type { Clock, Timer } from '../../../world/world.ts';
import { FIRST_RETRY_MS, MAX_RETRY_MS } from '../updates/status-updates.ts';

interface Telling {
  readonly operation: Operation;
  retry: Timer | undefined;
}

/** As many as there are operations that nobody has acknowledged: the master limits them. */
export class OperationUpdates {
  readonly #clock: Clock;
  readonly #send: (operation: Operation) => void;
  readonly #telling = new Map<string, Telling>();
  #isPaused = true;

  constructor(clock: Clock, send: (operation: Operation) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Tells it until it is acknowledged. */
  add(operation: Operation): void {
    const telling: Telling = { operation, retry: undefined };
    this.#telling.set(operation.uuid.value, telling);
    this.#tell(telling, FIRST_RETRY_MS);
  }

  acknowledged(uuid: string): void {
    this.#telling.get(uuid)?.retry?.cancel();
    this.#telling.delete(uuid);
  }

  /** No master: nothing is told until `resume`. */
  pause(): void {
    this.#isPaused = true;
    for (const { retry } of this.#telling.values()) retry?.cancel();
  }

  /** Registered: everything is told now. */
  resume(): void {
    this.#isPaused = false;
    for (const telling of this.#telling.values()) this.#tell(telling, FIRST_RETRY_MS);
  }

  #tell(telling: Telling, retryMs: number): void {
    telling.retry?.cancel();
    if (this.#isPaused) return;
    this.#send(telling.operation);
    telling.retry = this.#clock.setTimer(retryMs, () => this.#tell(telling, Math.min(MAX_RETRY_MS, retryMs * 2)));
  }
}
