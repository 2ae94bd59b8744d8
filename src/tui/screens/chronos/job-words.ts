// How a job is, in words and marks.
import type { Span } from '../../frame/line.ts';
import type { JobRow } from '../../view/model.ts';
import type { Glyphs } from '../../widgets/glyphs.ts';
import { scheduleWords } from '../../widgets/schedule-words.ts';
import { lasting } from '../../widgets/words.ts';

export type Job = Readonly<JobRow>;

export function jobMark(job: Job, marks: Glyphs): Span {
  if (job.status === 'failure') return { text: marks.bad, tone: 'bad' };
  if (job.unplaceable !== undefined) return { text: marks.warn, tone: 'warn' };
  if (isRunning(job)) return { text: marks.good, tone: 'good' };
  if (job.isDisabled) return { text: marks.dash, tone: 'dim' };
  return { text: marks.idle, tone: 'plain' };
}

/** How it ended last. */
export function lastSpan({ status }: Job): Span {
  return { text: status, tone: status === 'failure' ? 'bad' : status === 'success' ? 'good' : 'dim' };
}

export function stateSpan(job: Job): Span {
  const tone = job.unplaceable === undefined ? (isRunning(job) ? 'good' : job.isDisabled ? 'dim' : 'plain') : 'warn';
  return { text: stateText(job), tone };
}

export function isRunning({ state }: Job): boolean {
  return state.endsWith(' running');
}

export function stateText({ state, isDisabled, unplaceable }: Job): string {
  if (unplaceable !== undefined) return 'unplaceable';
  return isDisabled && state === 'idle' ? 'disabled' : state;
}

export function untilText(ms: number | undefined, nowMs: number): string {
  if (ms === undefined) return '-';
  return ms <= nowMs ? 'now' : `in ${lasting(ms - nowMs)}`;
}

export function whenText({ parents, schedule }: Job): string {
  return parents.length > 0 ? `after ${parents.join(', ')}` : scheduleWords(schedule, '');
}

/** What keeps it from running. */
export function whyText({ unplaceable, isDisabled, state }: Job): string {
  // Said by the state already where nothing else is.
  return unplaceable ?? (isDisabled && state !== 'idle' ? 'disabled' : '');
}
