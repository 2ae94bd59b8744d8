// The way of status updates (chronos.md 5): the runs take them in the turn they come, and they are acknowledged once what came of that
// is durable.
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import type { ChronosCore, MesosLink } from '../core.ts';
import type { RunBook } from '../runs/run-book.ts';
import { Sandboxes } from './sandboxes.ts';

type Parts = Pick<ChronosCore, 'world' | 'log' | 'storage'> & {
  readonly mesos: Pick<MesosLink, 'calls'>;
  readonly runs: Pick<RunBook, 'update' | 'byTaskId' | 'located'>;
};

export class StatusUpdates {
  readonly #parts: Parts;
  readonly #sandboxes: Sandboxes;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#sandboxes = new Sandboxes(parts);
  }

  take(status: TaskStatus): void {
    const { log, runs } = this.#parts;
    const { state, reason, message } = status;
    log.debug('a task changed', { taskId: status.task_id.value, state, reason, message });
    // Before its run is over, and in the same write.
    this.#sandboxes.told(status);
    runs.update(status);
    void this.#acknowledge(status);
  }

  async #acknowledge(status: TaskStatus): Promise<void> {
    const { storage, mesos, log } = this.#parts;
    await storage.flushed();
    const outcome = await mesos.calls.acknowledge(status);
    // The agent tells again until it is acknowledged.
    if (!outcome.ok)
      log.debug('an acknowledgement was not taken', { taskId: status.task_id.value, why: outcome.error.message });
  }
}
