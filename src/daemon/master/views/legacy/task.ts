// The task object of /state, /frameworks and /tasks (mesos-api.md 8.2).
import type { Task } from '../../../../mesos/generated/v1.ts';
import { taskObject } from '../../../serving/legacy-json/task.ts';
import { remembering } from '../../../serving/remembering.ts';

/** The object as text. Task messages are replaced, never changed, so the text of one is made once. */
export const taskText = remembering((message: Task): string => JSON.stringify(taskObject(message)));
