// What was done with an offer, in a few words for people who watch.
import type { Offer_Operation } from '../../../../mesos/generated/v1.ts';
import { tasksOf } from './refusals.ts';

/** `LAUNCH 2 tasks`, `RESERVE, LAUNCH 1 task`; types as they came, those that follow each other once. */
export function describeOperations(operations: readonly Offer_Operation[]): string {
  const counts: { type: string; tasks: number; times: number }[] = [];
  for (const operation of operations) {
    const { type = 'UNKNOWN' } = operation;
    const last = counts.at(-1);
    const tasks = tasksOf(operation).length;
    if (last?.type === type) {
      last.tasks += tasks;
      last.times += 1;
    } else counts.push({ type, tasks, times: 1 });
  }
  return counts.map(words).join(', ');
}

function words({ type, tasks, times }: { readonly type: string; readonly tasks: number; readonly times: number }) {
  if (tasks > 0) return `${type} ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`;
  return times === 1 ? type : `${type} ×${times}`;
}
