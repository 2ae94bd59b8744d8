// A task as the master books it: the wire form of its present condition (that is what every view shows) beside the
// parsed resources that the books are kept with. One object per task, shared by its agent and its framework.
import type { Task } from '../../../mesos/generated/v1.ts';
import type { Resources } from '../../../mesos/resources.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';
import type { TaskStates } from './task-states.ts';

/** A book that its tasks tell what becomes of them (task-maps.ts). */
export interface TaskBook {
  readonly states: TaskStates;
  /** A task is about to get another message. */
  beforeChange(): void;
}

/** One object per task, in the maps of its agent and its framework alike. */
export class MasterTask {
  readonly taskId: string;
  readonly frameworkId: string;
  readonly agentId: string;
  /** Empty for command tasks, whose executor is none of the master's business (mesos-semantics.md 9.1). */
  readonly executorId: string;
  /** Allocated form: every resource carries `allocation_info`. */
  readonly resources: Resources;
  #message: Task;
  #book: TaskBook | undefined;

  /** `resources` are those of the message. */
  constructor(message: Task, resources: Resources) {
    this.taskId = message.task_id.value;
    this.frameworkId = message.framework_id.value;
    this.agentId = message.agent_id.value;
    this.executorId = message.executor_id?.value ?? '';
    this.resources = resources;
    this.#message = message;
  }

  /**
   * The task as the operator sees it: `state` is the latest known, `statuses` one entry per distinct consecutive state,
   * `status_update_state`/`status_update_uuid` what was last forwarded to the framework. Never changed in place: each
   * update puts a new message here, so a view may keep the one it has got.
   */
  get message(): Task {
    return this.#message;
  }

  set message(message: Task) {
    this.#book?.beforeChange();
    if (message.state !== this.#message.state) {
      this.#book?.states.count(this.#message.state, -1);
      this.#book?.states.count(message.state, 1);
    }
    this.#message = message;
  }

  /** It came into a book of its framework, and is counted there alone until it leaves it. */
  enter(book: TaskBook): void {
    this.#book?.states.count(this.#message.state, -1);
    this.#book = book;
    book.states.count(this.#message.state, 1);
  }

  leave(book: TaskBook): void {
    if (this.#book !== book) return;
    this.#book = undefined;
    book.states.count(this.#message.state, -1);
  }
}

/** Whether the task holds resources in the books: unreachable ones gave theirs back as terminal ones did. */
export function holdsResources(task: MasterTask): boolean {
  return !isTerminalState(task.message.state) && task.message.state !== 'TASK_UNREACHABLE';
}
