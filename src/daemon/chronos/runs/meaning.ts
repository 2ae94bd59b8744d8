// What a status update says about a run (chronos.md 5). Pure: the book acts on it.
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import type { Run, RunState } from '../model/run.ts';

/**
 * - `none`: nothing new.
 * - `state`: it goes on, in that state.
 * - `over`: its task is at its end.
 * - `not-started`: the launch came to nothing; the same attempt may be launched again.
 */
export type Meaning =
  | { readonly kind: 'none' }
  | { readonly kind: 'state'; readonly state: RunState }
  | { readonly kind: 'over'; readonly result: 'success' | 'failure' | 'lost' | 'killed'; readonly message: string }
  | { readonly kind: 'not-started'; readonly message: string };

/** How far a task has come. */
const RANK: Readonly<Partial<Record<RunState, number>>> = { launching: 0, staged: 1, running: 2 };

const MAX_MESSAGE_LENGTH = 500;

/**
 * `isFresh`: the launch may still be on its way to the master, which then says that it does not know the task when it is asked.
 */
export function meaningOf(run: Run, status: TaskStatus, isFresh: boolean): Meaning {
  const { state, reason } = status;
  const message = messageOf(status);
  switch (state) {
    case 'TASK_STAGING':
    case 'TASK_STARTING':
      return further(run, 'staged');
    case 'TASK_RUNNING':
      return further(run, 'running');
    case 'TASK_KILLING':
      return { kind: 'none' };
    case 'TASK_UNREACHABLE':
      return run.state === 'unreachable' ? { kind: 'none' } : { kind: 'state', state: 'unreachable' };
    case 'TASK_FINISHED':
      return { kind: 'over', result: 'success', message };
    case 'TASK_KILLED':
      return { kind: 'over', result: 'killed', message };
    case 'TASK_FAILED':
    case 'TASK_ERROR':
      return { kind: 'over', result: run.isKilled ? 'killed' : 'failure', message };
    case 'TASK_LOST':
    case 'TASK_DROPPED':
    case 'TASK_UNKNOWN':
    case 'TASK_GONE':
    case 'TASK_GONE_BY_OPERATOR':
      break;
  }
  const isAnswer = reason === 'REASON_RECONCILIATION';
  if (run.state === 'launching') {
    if (isAnswer && isFresh) return { kind: 'none' };
    const neverStarted = isAnswer || state === 'TASK_DROPPED' || reason === 'REASON_INVALID_OFFERS';
    if (neverStarted && !run.isKilled) return { kind: 'not-started', message };
  }
  return { kind: 'over', result: run.isKilled ? 'killed' : 'lost', message };
}

function further(run: Run, state: RunState): Meaning {
  const isFurther = run.state === 'unreachable' || (RANK[run.state] ?? 3) < (RANK[state] ?? 0);
  return isFurther ? { kind: 'state', state } : { kind: 'none' };
}

/** One line, bounded. */
export function messageOf({ state, reason, message = '' }: TaskStatus): string {
  const short = message.replace(/\s+/g, ' ').trim().slice(0, MAX_MESSAGE_LENGTH);
  const why = reason === undefined ? '' : ` (${reason})`;
  return short === '' ? `${state}${why}` : `${state}${why}: ${short}`;
}
