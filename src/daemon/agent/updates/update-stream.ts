// The status updates of one task, in order: at most one is in flight, the next goes out when the head has been
// acknowledged (mesos-semantics.md 6.1). A state machine without clock or network.
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';

/** Uuids remembered to tell repeated updates; more than any executor has unacknowledged. */
const MAX_REMEMBERED = 256;

/**
 * `duplicate`: this uuid was there before. `after-the-end`: a terminal update is queued already. Neither was queued.
 */
export type EnqueueOutcome = 'queued' | 'duplicate' | 'after-the-end';

/** `isLast`: the terminal update is acknowledged, the stream is of no more use. */
export type AcknowledgeOutcome =
  | { readonly kind: 'acknowledged'; readonly status: TaskStatus; readonly isLast: boolean }
  /** The uuid is not that of the update in flight: an old or a foreign acknowledgement. */
  | { readonly kind: 'unexpected' };

/** Acknowledged updates stay known by uuid for a while, so that a late repetition is told. */
export class UpdateStream {
  readonly frameworkId: string;
  readonly taskId: string;
  readonly #pending: TaskStatus[] = [];
  readonly #seen = new Set<string>();
  #hasTerminal = false;

  constructor(frameworkId: string, taskId: string) {
    this.frameworkId = frameworkId;
    this.taskId = taskId;
  }

  /** The update in flight, or to be sent next. */
  get head(): TaskStatus | undefined {
    return this.#pending[0];
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  /** A terminal update was queued: nothing can come after it. */
  get hasTerminal(): boolean {
    return this.#hasTerminal;
  }

  enqueue(status: TaskStatus): EnqueueOutcome {
    const uuid = status.uuid ?? '';
    if (this.#seen.has(uuid)) return 'duplicate';
    if (this.#hasTerminal) return 'after-the-end';
    this.#remember(uuid);
    this.#pending.push(status);
    this.#hasTerminal = isTerminalState(status.state);
    return 'queued';
  }

  acknowledge(uuid: string): AcknowledgeOutcome {
    const head = this.#pending[0];
    if (head === undefined || head.uuid !== uuid) return { kind: 'unexpected' };
    this.#pending.shift();
    return { kind: 'acknowledged', status: head, isLast: isTerminalState(head.state) };
  }

  #remember(uuid: string): void {
    this.#seen.add(uuid);
    if (this.#seen.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      return;
    }
  }
}
