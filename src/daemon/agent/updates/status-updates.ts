// All update streams of the agent: sends the head of each, again after 10 s, 20 s, … 10 min until it is acknowledged,
// and holds everything back while there is no master (mesos-semantics.md 6.1). What is queued here is durable already.
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import type { Clock, Timer } from '../../../world/world.ts';
import { type AcknowledgeOutcome, type EnqueueOutcome, UpdateStream } from './update-stream.ts';

/** Wait for the first acknowledgement (mesos-semantics.md 6.1). */
export const FIRST_RETRY_MS = 10_000;

/** Waits double up to this. */
export const MAX_RETRY_MS = 600_000;

export interface StatusUpdatesOptions {
  readonly clock: Clock;
  /** Sends one update towards the master; losing it is fine, it is sent again. */
  readonly forward: (frameworkId: string, status: TaskStatus) => void;
}

interface Sending {
  readonly stream: UpdateStream;
  retry: Timer | undefined;
  retryMs: number;
}

/** Holds as many streams as there are tasks with something unacknowledged. */
export class StatusUpdates {
  readonly #options: StatusUpdatesOptions;
  /** Framework id → task id → stream. */
  readonly #streams = new Map<string, Map<string, Sending>>();
  #isPaused = true;

  constructor(options: StatusUpdatesOptions) {
    this.#options = options;
  }

  /** Number of updates not yet acknowledged. */
  get pendingCount(): number {
    let count = 0;
    for (const tasks of this.#streams.values()) {
      for (const { stream } of tasks.values()) count += stream.pendingCount;
    }
    return count;
  }

  /** Queues an update that is durable (or needs not be), and sends it when it is the only one of its task. */
  enqueue(frameworkId: string, status: TaskStatus): EnqueueOutcome {
    const sending = this.#open(frameworkId, status.task_id.value);
    const outcome = sending.stream.enqueue(status);
    if (outcome === 'queued' && sending.stream.pendingCount === 1) this.#sendHead(sending);
    return outcome;
  }

  /** Takes an acknowledgement; undefined when there is no such stream. The stream is gone after its terminal update. */
  acknowledge(frameworkId: string, taskId: string, uuid: string): AcknowledgeOutcome | undefined {
    const sending = this.#streams.get(frameworkId)?.get(taskId);
    if (sending === undefined) return undefined;
    const outcome = sending.stream.acknowledge(uuid);
    if (outcome.kind === 'unexpected') return outcome;
    sending.retry?.cancel();
    if (outcome.isLast) this.#close(frameworkId, taskId);
    else this.#sendHead(sending);
    return outcome;
  }

  /** No master: nothing is sent until `resume`. */
  pause(): void {
    this.#isPaused = true;
    for (const sending of this.#all()) sending.retry?.cancel();
  }

  /** Registered: every head is sent now, with fresh timers. */
  resume(): void {
    this.#isPaused = false;
    for (const sending of this.#all()) this.#sendHead(sending);
  }

  /** The framework may have failed over: what its former instance did not acknowledge is sent now, with fresh timers. */
  resend(frameworkId: string): void {
    for (const sending of this.#streams.get(frameworkId)?.values() ?? []) this.#sendHead(sending);
  }

  /** Forgets all updates of a framework that was removed. */
  discard(frameworkId: string): void {
    for (const sending of this.#streams.get(frameworkId)?.values() ?? []) sending.retry?.cancel();
    this.#streams.delete(frameworkId);
  }

  has(frameworkId: string, taskId: string): boolean {
    return this.#streams.get(frameworkId)?.has(taskId) ?? false;
  }

  *#all(): Iterable<Sending> {
    for (const tasks of this.#streams.values()) yield* tasks.values();
  }

  #open(frameworkId: string, taskId: string): Sending {
    let tasks = this.#streams.get(frameworkId);
    if (tasks === undefined) {
      tasks = new Map();
      this.#streams.set(frameworkId, tasks);
    }
    let sending = tasks.get(taskId);
    if (sending === undefined) {
      sending = { stream: new UpdateStream(frameworkId, taskId), retry: undefined, retryMs: FIRST_RETRY_MS };
      tasks.set(taskId, sending);
    }
    return sending;
  }

  #close(frameworkId: string, taskId: string): void {
    const tasks = this.#streams.get(frameworkId);
    tasks?.delete(taskId);
    if (tasks?.size === 0) this.#streams.delete(frameworkId);
  }

  /** Sends the head as a first try. */
  #sendHead(sending: Sending): void {
    sending.retry?.cancel();
    sending.retryMs = FIRST_RETRY_MS;
    this.#send(sending);
  }

  #send(sending: Sending): void {
    const head = sending.stream.head;
    if (head === undefined || this.#isPaused) return;
    this.#options.forward(sending.stream.frameworkId, head);
    sending.retry = this.#options.clock.setTimer(sending.retryMs, () => {
      sending.retryMs = Math.min(MAX_RETRY_MS, sending.retryMs * 2);
      this.#send(sending);
    });
  }
}
