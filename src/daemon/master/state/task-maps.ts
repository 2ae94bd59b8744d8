// A framework's tasks by id, and how many of them are in which state. A task is in one of these maps at a time.
import { BoundedMap } from './bounded-map.ts';
import type { MasterTask } from './task.ts';
import { TaskStates } from './task-states.ts';

/** Knows at any moment in which states its tasks are. */
export class TaskMap extends Map<string, MasterTask> {
  readonly states = new TaskStates();

  override set(taskId: string, task: MasterTask): this {
    this.get(taskId)?.leave(this.states);
    task.enter(this.states);
    return super.set(taskId, task);
  }

  override delete(taskId: string): boolean {
    this.get(taskId)?.leave(this.states);
    return super.delete(taskId);
  }

  override clear(): void {
    for (const task of this.values()) task.leave(this.states);
    super.clear();
  }
}

/** The same of the newest tasks only. */
export class BoundedTaskMap extends BoundedMap<string, MasterTask> {
  readonly states: TaskStates;

  constructor(capacity: number) {
    const tasks = new TaskMap();
    super(capacity, tasks);
    this.states = tasks.states;
  }
}
