// How a task ended, as an exit code and, where it is not the command's own doing, in words.
import { constants } from 'node:os';
import type { TaskStatus } from '../../mesos/generated/v1.ts';
import { EXIT } from '../exit-codes.ts';

/** How `mctl run` ends: exit code and last words. */
export interface Ending {
  readonly exitCode: number;
  /** For stderr; undefined when the command just ended by itself. */
  readonly words: string | undefined;
}

/** strsignal(3) texts that do not follow from the signal's name. */
const SIGNAL_TEXTS: Readonly<Record<string, number>> = {
  Hangup: 1,
  Interrupt: 2,
  Quit: 3,
  'Illegal instruction': 4,
  'Trace/breakpoint trap': 5,
  Aborted: 6,
  'Bus error': 7,
  'Floating point exception': 8,
  Killed: 9,
  'User defined signal 1': 10,
  'Segmentation fault': 11,
  'User defined signal 2': 12,
  'Broken pipe': 13,
  'Alarm clock': 14,
  Terminated: 15,
  'CPU time limit exceeded': 24,
  'File size limit exceeded': 25,
  'Bad system call': 31,
};

/** The status must be a terminal one. The texts are those of command executors, ours and the original's. */
export function endingOf(status: TaskStatus): Ending {
  const message = (status.message ?? '').split('\n', 1)[0]?.trim() ?? '';
  const exited = /exited with status (\d+)/.exec(message)?.[1];
  const signalText = /terminated with signal ([^;(]+?)(?: \(core dumped\))?$/.exec(message)?.[1];
  const signal = signalText === undefined ? undefined : signalNumber(signalText);
  const because = [message && `${message}.`, status.reason && `(${status.reason})`].filter(Boolean).join(' ');
  if (status.state === 'TASK_FINISHED')
    return { exitCode: exited === undefined ? EXIT.ok : Number(exited), words: undefined };
  if (status.reason === 'REASON_CONTAINER_LIMITATION_MEMORY') {
    return {
      exitCode: 128 + constants.signals.SIGKILL,
      words: `Killed: the task used more memory than it asked for. ${message}`,
    };
  }
  if (status.reason === 'REASON_CONTAINER_LIMITATION_DISK') {
    return {
      exitCode: 128 + constants.signals.SIGKILL,
      words: `Killed: the task used more disk than it asked for. ${message}`,
    };
  }
  if (status.state === 'TASK_FAILED' && exited !== undefined) return { exitCode: Number(exited), words: undefined };
  if (signal !== undefined) {
    return { exitCode: 128 + signal, words: status.state === 'TASK_KILLED' ? killedWords(status) : `${message}.` };
  }
  if (status.state === 'TASK_KILLED')
    return { exitCode: 128 + constants.signals.SIGTERM, words: `The task was killed. ${because}` };
  return { exitCode: EXIT.failed, words: `The task ended as ${status.state}. ${because}`.trim() };
}

function killedWords({ reason }: TaskStatus): string {
  return reason === 'REASON_AGENT_DRAINING'
    ? 'The task was killed: its agent is being drained.'
    : 'The task was killed.';
}

function signalNumber(text: string): number | undefined {
  return (
    SIGNAL_TEXTS[text] ??
    Object.entries(constants.signals).find(([name]) => name === text || name === `SIG${text}`)?.[1]
  );
}
