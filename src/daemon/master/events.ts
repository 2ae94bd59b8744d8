// What happens in the master, told synchronously to whoever shows it to others (the operator event stream, metrics).
// Emitted after the state has changed. Listeners read, they never change anything and never throw.
import type { FrameworkInfo, TaskStatus } from '../../mesos/generated/v1.ts';
import type { MasterAgent } from './state/agent.ts';
import type { MasterFramework } from './state/framework.ts';
import type { MasterTask } from './state/task.ts';

/** Who hears of changes of the books, in the turn they are made. */
export interface MasterObserver {
  taskAdded(task: MasterTask): void;
  /**
   * `status` is the update being processed, `task.message.state` the latest known state. Not called for a repeated state
   * unless a check or health check changed (mesos-api.md 6.2).
   */
  taskUpdated(task: MasterTask, status: TaskStatus): void;
  /** Registered, or came back from recovered or unreachable (after `taskAdded` of the tasks it brought). */
  agentAdded(agent: MasterAgent): void;
  agentRemoved(agentId: string): void;
  /** Subscribed for the first time, or recovered from an agent. */
  frameworkAdded(framework: MasterFramework): void;
  frameworkUpdated(framework: MasterFramework): void;
  frameworkRemoved(info: FrameworkInfo): void;
}

/** Fan-out to any number of observers, in the order they came. */
export class MasterEvents implements MasterObserver {
  readonly #observers = new Set<MasterObserver>();

  /** Returns the function that ends the observation. */
  observe(observer: MasterObserver): () => void {
    this.#observers.add(observer);
    return () => {
      this.#observers.delete(observer);
    };
  }

  taskAdded(task: MasterTask): void {
    for (const observer of this.#observers) observer.taskAdded(task);
  }

  taskUpdated(task: MasterTask, status: TaskStatus): void {
    for (const observer of this.#observers) observer.taskUpdated(task, status);
  }

  agentAdded(agent: MasterAgent): void {
    for (const observer of this.#observers) observer.agentAdded(agent);
  }

  agentRemoved(agentId: string): void {
    for (const observer of this.#observers) observer.agentRemoved(agentId);
  }

  frameworkAdded(framework: MasterFramework): void {
    for (const observer of this.#observers) observer.frameworkAdded(framework);
  }

  frameworkUpdated(framework: MasterFramework): void {
    for (const observer of this.#observers) observer.frameworkUpdated(framework);
  }

  frameworkRemoved(info: FrameworkInfo): void {
    for (const observer of this.#observers) observer.frameworkRemoved(info);
  }
}
