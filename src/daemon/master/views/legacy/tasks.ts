// /tasks: the tasks of all frameworks, those that are over too, by the time of their first status (mesos-api.md 8.3).
import type { Task } from '../../../../mesos/generated/v1.ts';
import { JsonPieces } from '../../../serving/http/json-pieces.ts';
import { flat, forEach, type Sliced } from '../../../serving/slices/sliced.ts';
import { sorted } from '../../../serving/slices/sorted.ts';
import type { MasterState } from '../../state/master-state.ts';
import { completedNow, tasksNow } from '../moment.ts';
import { taskText } from './task.ts';

const DEFAULT_LIMIT = 100;

/** Ids undefined: all of them. `offset` and `limit` count tasks after filtering and sorting. */
export interface TaskQuery {
  readonly limit: number;
  readonly offset: number;
  readonly isAscending: boolean;
  readonly frameworkId: string | undefined;
  readonly taskId: string | undefined;
}

/** What is not a number is as if it were not there. */
export function taskQuery(query: ReadonlyMap<string, string>): TaskQuery {
  return {
    limit: count(query.get('limit')) ?? DEFAULT_LIMIT,
    offset: count(query.get('offset')) ?? 0,
    isAscending: query.get('order') === 'asc',
    frameworkId: query.get('framework_id'),
    taskId: query.get('task_id'),
  };
}

/** The body of /tasks as JSON bytes. */
export function* tasksBody(state: MasterState, query: TaskQuery): Sliced<Uint8Array> {
  const all = allTasks(state, query.frameworkId);
  yield;
  const tasks: { readonly task: Task; readonly time: number }[] = [];
  yield* forEach(flat(all), (task) => {
    if (query.taskId !== undefined && task.task_id.value !== query.taskId) return;
    tasks.push({ task, time: task.statuses?.[0]?.timestamp ?? 0 });
  });
  const direction = query.isAscending ? 1 : -1;
  const inOrder = yield* sorted(tasks, (a, b) => (a.time - b.time) * direction);
  const pieces = new JsonPieces();
  const page = inOrder.slice(query.offset, query.offset + query.limit);
  yield* pieces.raw('{"tasks":').slicedList(page, ({ task }) => pieces.raw(taskText(task)));
  return yield* pieces.raw('}').slicedBytes();
}

function allTasks(state: MasterState, frameworkId: string | undefined): Iterable<Task>[] {
  const lists: Iterable<Task>[] = [];
  for (const framework of state.frameworks.values()) {
    if (frameworkId !== undefined && framework.frameworkId !== frameworkId) continue;
    const { live, unreachable, completed } = tasksNow(framework);
    lists.push(live, unreachable, completed);
  }
  for (const framework of state.completedFrameworks.values()) {
    if (frameworkId === undefined || framework.frameworkId === frameworkId) lists.push(completedNow(framework));
  }
  return lists;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
