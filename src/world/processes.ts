// Operating-system processes. Tasks are launched so that they outlive the daemon that launched them: their exit status
// is in a file, and a later daemon finds them again by pid and start time (pids are reused, the pair is not).

import type { Confinement } from './confinement.ts';
import type { Pipes } from './pipes.ts';

/** Signals and questions go by ProcessIdentity, so that a pid used again is never mistaken. */
export interface Processes {
  /** This process. */
  readonly self: ProcessIdentity;
  /** Runs a short-lived tool to its end. Throws ProcessError `cannot-start` when it could not be started. */
  run(command: ToolCommand): Promise<ToolResult>;
  /** Starts a task process that outlives us. Resolves once it exists; throws ProcessError when it could not be started. */
  launch(task: TaskProcess): Promise<ProcessIdentity>;
  /** The process of that pid, or undefined when there is none (or only its corpse: state Z). */
  identify(pid: number): Promise<ProcessIdentity | undefined>;
  isAlive(identity: ProcessIdentity): Promise<boolean>;
  /** Sends to one process; false when it is not there any more. Never signals a later process of the same pid. */
  signal(identity: ProcessIdentity, signal: ProcessSignal): Promise<boolean>;
  /** Sends to every process of the session that `leader` leads or led, and to their descendants. Returns how many. */
  signalTree(leader: ProcessIdentity, signal: ProcessSignal): Promise<number>;
  /** Usage summed over the session of `leader` and its descendants; undefined when none is left. */
  usage(leader: ProcessIdentity): Promise<ProcessUsage | undefined>;
  /** Named pipes, for tasks that somebody talks with. */
  readonly pipes: Pipes;
}

/** Those of Linux, but for the real-time ones. */
export type ProcessSignal =
  | 'SIGTERM'
  | 'SIGKILL'
  | 'SIGINT'
  | 'SIGHUP'
  | 'SIGSTOP'
  | 'SIGCONT'
  | 'SIGUSR1'
  | 'SIGUSR2'
  | 'SIGQUIT'
  | 'SIGILL'
  | 'SIGTRAP'
  | 'SIGABRT'
  | 'SIGBUS'
  | 'SIGFPE'
  | 'SIGSEGV'
  | 'SIGPIPE'
  | 'SIGALRM'
  | 'SIGSTKFLT'
  | 'SIGCHLD'
  | 'SIGTSTP'
  | 'SIGTTIN'
  | 'SIGTTOU'
  | 'SIGURG'
  | 'SIGXCPU'
  | 'SIGXFSZ'
  | 'SIGVTALRM'
  | 'SIGPROF'
  | 'SIGWINCH'
  | 'SIGIO'
  | 'SIGPWR'
  | 'SIGSYS';

/** Unique on one machine until it boots again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot at which it started, as the kernel tells it. */
  readonly startTime: number;
}

/** A tool that we wait for. */
export interface ToolCommand {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Runs as this user (root only). */
  readonly uid?: number;
  readonly gid?: number;
  /** Longer output is cut. Default 1 MiB each. */
  readonly maxOutputBytes?: number;
  /** When it is aborted the tool is killed, with whatever it started. */
  readonly stop?: AbortSignal;
}

/** How it ended and what it wrote. */
export interface ToolResult {
  /** undefined when ended by a signal. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that we do not wait for and that outlives us. */
export interface TaskProcess {
  /** Executed in a session of its own, after everything below has been set up. */
  readonly argv: readonly [string, ...string[]];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Files that stdout and stderr are appended to. stdin is /dev/null. */
  readonly stdout: string;
  readonly stderr: string;
  /**
   * Named pipes instead, the same for `stdout` and `stderr` if wanted. Writing never fails for want of a reader, it waits;
   * stdin ends when the last writer lets go, or never with `holdsStdin`.
   */
  readonly pipes?: {
    readonly stdin: string;
    readonly holdsStdin: boolean;
    readonly stdout: string;
    readonly stderr: string;
  };
  /** With `pipes`: a terminal between them and the command, which leads a session in it. */
  readonly terminal?: TaskTerminal;
  /** Drops to this user before the command; absent = stays who we are. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] };
  /** Directories whose `cgroup.procs` the process enters before anything else. */
  readonly cgroups?: readonly string[];
  /** What it is shut in with (root only). Absent = nothing. */
  readonly confinement?: Confinement;
  /** Instead: it goes into the namespaces and root of this process, with these limits and privileges. */
  readonly joins?: JoinedProcess;
  /**
   * When the command has ended it holds exactly one line, `exited N` or `signaled N` (parseExit). Until then it may be
   * absent, or say `running PID STARTTIME` (parseRunning), or anything else. It stays so when the whole tree, runner
   * included, was killed.
   */
  readonly exitFile: string;
}

/** What a process that joins another's confinement needs. */
export interface JoinedProcess extends Pick<Confinement, 'limits' | 'capabilities' | 'noNewPrivileges'> {
  readonly pid: number;
  /** It has a root of its own, where our tools are not. */
  readonly hasOwnRoot: boolean;
  /** As it is seen in there; absent = the `cwd` of the task. */
  readonly workingDirectory?: string | undefined;
}

/** A pty of its own. What is sent to stdin is typed there, and what is shown there comes from stdout. */
export interface TaskTerminal {
  /** In characters; absent = not said. */
  readonly size?: { readonly rows: number; readonly columns: number };
  /** uid that the terminal is given to, when the command becomes somebody else by itself. */
  readonly owner?: number;
}

/** How a process ended. */
export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: number };

/** What an exit file says; undefined when it does not say it yet (or never will). */
export function parseExit(content: string): ExitStatus | undefined {
  const line = /^(exited|signaled) (\d{1,3})\n$/.exec(content);
  if (line === null) return undefined;
  const number = Number(line[2]);
  return line[1] === 'exited' ? { kind: 'exited', code: number } : { kind: 'signaled', signal: number };
}

/** Which process an exit file waits for, as far as it says so. */
export function parseRunning(content: string): ProcessIdentity | undefined {
  const line = /^running (\d+) (\d+)\n/.exec(content);
  return line === null ? undefined : { pid: Number(line[1]), startTime: Number(line[2]) };
}

/** Sums over a process tree. */
export interface ProcessUsage {
  readonly processes: number;
  readonly threads: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly residentBytes: number;
}

/** `not-permitted`: the system does not allow it to this user. */
export type ProcessErrorCode = 'cannot-start' | 'not-permitted';

/** A process that could not be started or signalled. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError';
  readonly code: ProcessErrorCode;
  constructor(code: ProcessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
