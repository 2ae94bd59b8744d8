// How a command ended, in the words of the original (mesos-semantics.md 9.1, mesos-observed.md 18).
import type { ContainerExit } from '../../containers/containerizer.ts';

/** strsignal(3) of Linux. */
const SIGNAL_NAMES: readonly string[] = [
  '',
  'Hangup',
  'Interrupt',
  'Quit',
  'Illegal instruction',
  'Trace/breakpoint trap',
  'Aborted',
  'Bus error',
  'Floating point exception',
  'Killed',
  'User defined signal 1',
  'Segmentation fault',
  'User defined signal 2',
  'Broken pipe',
  'Alarm clock',
  'Terminated',
  'Stack fault',
  'Child exited',
  'Continued',
  'Stopped (signal)',
  'Stopped',
  'Stopped (tty input)',
  'Stopped (tty output)',
  'Urgent I/O condition',
  'CPU time limit exceeded',
  'File size limit exceeded',
  'Virtual timer expired',
  'Profiling timer expired',
  'Window changed',
  'I/O possible',
  'Power failure',
  'Bad system call',
];

/** Realtime signals start here on Linux with glibc. */
const FIRST_REALTIME_SIGNAL = 34;

/** `Command exited with status N` or `Command terminated with signal Killed`; undefined when nobody knows how. */
export function endingMessage(status: ContainerExit['status']): string | undefined {
  switch (status.kind) {
    case 'exited':
      return `Command exited with status ${status.code}`;
    case 'signaled':
      return `Command terminated with signal ${signalName(status.signal)}`;
    case 'unknown':
      return undefined;
  }
}

function signalName(signal: number): string {
  const name = SIGNAL_NAMES[signal];
  if (name !== undefined && name !== '') return name;
  return signal >= FIRST_REALTIME_SIGNAL
    ? `Real-time signal ${signal - FIRST_REALTIME_SIGNAL}`
    : `Unknown signal ${signal}`;
}
