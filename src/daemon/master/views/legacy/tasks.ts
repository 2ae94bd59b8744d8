// /tasks: the tasks of all frameworks, those that are over too, by the time of their first status (mesos-api.md 8.3).

import { JsonPieces } from '../../../serving/http/json-pieces.ts';
import type { MasterState } from '../../state/master-state.ts';
import type { MasterTask } from '../../state/task.ts';
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
export function tasksBody(state: MasterState, query: TaskQuery): Buffer {
  const tasks = [...allTasks(state, query.frameworkId)].filter(
    (task) => query.taskId === undefined || task.taskId === query.taskId,
  );
  const times = new Map(tasks.map((task) => [task, task.message.statuses?.[0]?.timestamp ?? 0]));
  const direction = query.isAscending ? 1 : -1;
  tasks.sort((a, b) => ((times.get(a) ?? 0) - (times.get(b) ?? 0)) * direction);
  const page = tasks.slice(query.offset, query.offset + query.limit);
  const pieces = new JsonPieces();
  return pieces
    .raw('{"tasks":')
    .list(page, (task) => pieces.raw(taskText(task)))
    .raw('}')
    .bytes();
}

function* allTasks(state: MasterState, frameworkId: string | undefined): Iterable<MasterTask> {
  for (const framework of state.frameworks.values()) {
    if (frameworkId !== undefined && framework.frameworkId !== frameworkId) continue;
    yield* framework.tasks.values();
    yield* framework.unreachableTasks.values();
    yield* framework.completedTasks;
  }
  for (const framework of state.completedFrameworks.values()) {
    if (frameworkId !== undefined && framework.frameworkId !== frameworkId) continue;
    yield* framework.completedTasks;
  }
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
