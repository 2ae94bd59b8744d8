// A framework's tasks by id, how many of them are in which state, and how they are at a moment. A task is in one of these maps
// at a time.
import { BoundedMap } from './bounded-map.ts';
import type { MasterTask, TaskBook } from './task.ts';
import { TaskMessages } from './task-messages.ts';
import { TaskStates } from './task-states.ts';

/** Knows at any moment in which states its tasks are. */
export class TaskMap extends Map<string, MasterTask> implements TaskBook {
  readonly states = new TaskStates();
  /** Those of the present moment, if anybody wanted them since the latest change. */
  #messages: TaskMessages | undefined;

  /** As they are now, whenever they are looked at. Costs nothing until then, or until one of them changes. */
  messagesNow(): TaskMessages {
    this.#messages ??= new TaskMessages(this);
    return this.#messages;
  }

  beforeChange(): void {
    this.#messages?.keep();
    this.#messages = undefined;
  }

  override set(taskId: string, task: MasterTask): this {
    this.beforeChange();
    this.get(taskId)?.leave(this);
    task.enter(this);
    return super.set(taskId, task);
  }

  override delete(taskId: string): boolean {
    this.beforeChange();
    this.get(taskId)?.leave(this);
    return super.delete(taskId);
  }

  override clear(): void {
    this.beforeChange();
    for (const task of this.values()) task.leave(this);
    super.clear();
  }
}

/** The same of the newest tasks only. */
export class BoundedTaskMap extends BoundedMap<string, MasterTask> {
  readonly states: TaskStates;
  readonly #tasks: TaskMap;

  constructor(capacity: number) {
    const tasks = new TaskMap();
    super(capacity, tasks);
    this.states = tasks.states;
    this.#tasks = tasks;
  }

  /** As TaskMap.messagesNow. */
  messagesNow(): TaskMessages {
    return this.#tasks.messagesNow();
  }
}
