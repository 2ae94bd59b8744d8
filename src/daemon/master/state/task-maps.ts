// A framework's tasks by id, how many of them are in which state, and how they are at a moment. A task is in one of these maps
// at a time.
import { deleteNested, putNested } from '../books/nested-map.ts';
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

/**
 * The unreachable tasks of all frameworks by agent: there may be a thousand of each framework, and an agent that comes back is
 * to look at its own alone. Kept by the maps they are in.
 */
export class UnreachableTasks {
  /** By agent, framework, and task id. No empty inner maps. */
  readonly #byAgent = new Map<string, Map<string, Map<string, MasterTask>>>();

  add(task: MasterTask): void {
    const ofAgent = this.#byAgent.get(task.agentId);
    if (ofAgent !== undefined) putNested(ofAgent, task.frameworkId, task.taskId, task);
    else this.#byAgent.set(task.agentId, new Map([[task.frameworkId, new Map([[task.taskId, task]])]]));
  }

  remove({ agentId, frameworkId, taskId }: MasterTask): void {
    const ofAgent = this.#byAgent.get(agentId);
    if (ofAgent === undefined) return;
    deleteNested(ofAgent, frameworkId, taskId);
    if (ofAgent.size === 0) this.#byAgent.delete(agentId);
  }

  /** Framework by framework, of each the oldest first. May be kept while they are removed. */
  ofAgent(agentId: string): readonly MasterTask[] {
    return [...(this.#byAgent.get(agentId)?.values() ?? [])].flatMap((tasks) => [...tasks.values()]);
  }

  /** As `ofAgent`, of one framework. */
  of(agentId: string, frameworkId: string): readonly MasterTask[] {
    return [...(this.#byAgent.get(agentId)?.get(frameworkId)?.values() ?? [])];
  }
}

/** Tells the index by agent which tasks are in it. */
class UnreachableTaskMap extends TaskMap {
  readonly #index: UnreachableTasks;

  constructor(index: UnreachableTasks) {
    super();
    this.#index = index;
  }

  override set(taskId: string, task: MasterTask): this {
    this.#leaveIndex(this.get(taskId));
    this.#index.add(task);
    return super.set(taskId, task);
  }

  override delete(taskId: string): boolean {
    this.#leaveIndex(this.get(taskId));
    return super.delete(taskId);
  }

  override clear(): void {
    for (const task of this.values()) this.#index.remove(task);
    super.clear();
  }

  #leaveIndex(task: MasterTask | undefined): void {
    if (task !== undefined) this.#index.remove(task);
  }
}

/** A framework's newest unreachable tasks. */
export class BoundedTaskMap extends BoundedMap<string, MasterTask> {
  readonly states: TaskStates;
  readonly #tasks: TaskMap;

  /** `index`: where they are found by their agent. */
  constructor(capacity: number, index: UnreachableTasks) {
    const tasks = new UnreachableTaskMap(index);
    super(capacity, tasks);
    this.states = tasks.states;
    this.#tasks = tasks;
  }

  /** As TaskMap.messagesNow. */
  messagesNow(): TaskMessages {
    return this.#tasks.messagesNow();
  }
}
