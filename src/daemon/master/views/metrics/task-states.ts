// How many tasks are in which state. Every snapshot counts all of them, so this loop is as short as it can be.
import type { TaskState } from '../../../../mesos/generated/v1.ts';
import type { MasterTask } from '../../state/task.ts';

/** Adds to `counts`. Tasks that follow one another are mostly in the same state, which is looked up once for all of them. */
export function countStates(counts: Map<TaskState, number>, tasks: Iterable<MasterTask>): void {
  let present: TaskState | undefined;
  let count = 0;
  const note = (): void => {
    if (present !== undefined) counts.set(present, (counts.get(present) ?? 0) + count);
  };
  for (const { message } of tasks) {
    if (message.state !== present) {
      note();
      present = message.state;
      count = 0;
    }
    count += 1;
  }
  note();
}
