// The task object of /state, /frameworks and /tasks (mesos-api.md 8.2).
import type { Task } from '../../../../mesos/generated/v1.ts';
import { taskObject } from '../../../serving/legacy-json/task.ts';

const texts = new WeakMap<Task, string>();

/** The object as text. Task messages are replaced, never changed, so the text of one is made once. */
export function taskText(message: Task): string {
  const known = texts.get(message);
  if (known !== undefined) return known;
  const text = JSON.stringify(taskObject(message));
  texts.set(message, text);
  return text;
}
