// What the daemon and its launcher say to each other over IPC.
import type { TaskProcess } from '../../processes.ts';

/** The command and its environment travel as pieces of shell text (task-text.ts). */
export interface LaunchRequest {
  readonly id: number;
  readonly pieces: Readonly<Record<string, string>>;
  readonly task: Omit<TaskProcess, 'argv' | 'env' | 'confinement' | 'joins'> & {
    /** The runner drops to the user; else the text does. */
    readonly dropsUser: boolean;
    /** The text says itself when the task begins. */
    readonly setsUpItself: boolean;
  };
}

export type LaunchReply =
  // Said first: from here on the task may have been started.
  | { readonly id: number; readonly isTaken: true }
  | { readonly id: number; readonly pid: number; readonly startTime: number }
  | { readonly id: number; readonly problem: string };
