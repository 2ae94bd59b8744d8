// The agent's counters that exist from the start (mesos-api.md 11). Gauges are computed from the books when asked for.
import type { TaskState } from '../../../mesos/generated/v1.ts';

const COUNTERS = [
  'slave/tasks_failed',
  'slave/tasks_finished',
  'slave/tasks_gone',
  'slave/tasks_killed',
  'slave/tasks_lost',
  'slave/valid_status_updates',
  'slave/invalid_status_updates',
  'slave/valid_framework_messages',
  'slave/invalid_framework_messages',
  'slave/container_launch_errors',
  'slave/executors_preempted',
  'slave/recovery_errors',
  'containerizer/mesos/container_destroy_errors',
  'containerizer/fetcher/task_fetches_succeeded',
  'containerizer/fetcher/task_fetches_failed',
  'gc/path_removals_failed',
  'gc/path_removals_succeeded',
] as const;

/** A fixed list: counting under another name is a type error. */
export type CounterName = (typeof COUNTERS)[number];

/** Which counter a terminal state adds to. */
const BY_STATE: Partial<Record<TaskState, CounterName>> = {
  TASK_FAILED: 'slave/tasks_failed',
  TASK_FINISHED: 'slave/tasks_finished',
  TASK_GONE: 'slave/tasks_gone',
  TASK_KILLED: 'slave/tasks_killed',
  TASK_LOST: 'slave/tasks_lost',
  TASK_DROPPED: 'slave/tasks_lost',
};

/** Each starts at 0 with every start of the agent. */
export class AgentCounters {
  readonly #values = new Map<CounterName, number>(COUNTERS.map((name) => [name, 0]));

  increment(name: CounterName, by = 1): void {
    this.#values.set(name, this.get(name) + by);
  }

  get(name: CounterName): number {
    return this.#values.get(name) ?? 0;
  }

  /** Counts a task that has reached this state, when it is a terminal one. */
  taskState(state: TaskState): void {
    const name = BY_STATE[state];
    if (name !== undefined) this.increment(name);
  }

  entries(): Iterable<[CounterName, number]> {
    return this.#values.entries();
  }
}
