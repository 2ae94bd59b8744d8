// The daemon's side of its launcher: started with the first task, started again when it died.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ProcessError, type ProcessIdentity, type TaskProcess } from '../../processes.ts';
import type { Log } from '../../world.ts';
import { confinedText, joiningText } from './confine-text.ts';
import type { LaunchReply, LaunchRequest } from './launcher-protocol.ts';
import { taskPieces } from './task-text.ts';
import { terminalText } from './terminal-text.ts';

const MAIN = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './launcher-main.ts' : './launcher-main.js', import.meta.url),
);
/** More than this under way at once is refused: something is wrong above. */
const MAX_PENDING = 10_000;

/** A task that kills every launcher must not do so for ever. */
const MAX_ATTEMPTS = 3;

interface Pending {
  readonly request: LaunchRequest;
  /** The launcher has begun with it: when that dies, nobody knows what became of the task. */
  isTaken: boolean;
  attempts: number;
  readonly resolve: (identity: ProcessIdentity) => void;
  readonly reject: (error: ProcessError) => void;
}

/** Starts tasks from a small process of its own. */
export interface Launcher {
  launch(task: TaskProcess): Promise<ProcessIdentity>;
  close(): Promise<void>;
}

/** Started with the first task. */
export function createLauncher(log: Log): Launcher {
  let child: ChildProcess | undefined;
  let nextId = 1;
  let isClosed = false;
  const pending = new Map<number, Pending>();

  function ensureChild(): ChildProcess {
    if (child?.connected) return child;
    const made = fork(MAIN, [], {
      // A session of its own: Ctrl-C on a terminal is for the daemon.
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env.PATH ?? '' },
      execArgv: ['--max-old-space-size=64', '--max-semi-space-size=2'],
    });
    child = made;
    made.unref();
    made.on('message', (reply: LaunchReply) => settle(reply));
    // Its last words have been read when the channel closes, which 'exit' does not wait for.
    made.on('disconnect', () => lost(made, 'it ended'));
    made.on('error', (error) => lost(made, error.message));
    return made;
  }

  function settle(reply: LaunchReply): void {
    const waiting = pending.get(reply.id);
    if (waiting === undefined) return;
    if ('isTaken' in reply) {
      waiting.isTaken = true;
      return;
    }
    pending.delete(reply.id);
    keepAliveWhileBusy();
    if ('problem' in reply) waiting.reject(new ProcessError('cannot-start', `cannot start the task: ${reply.problem}`));
    else waiting.resolve({ pid: reply.pid, startTime: reply.startTime });
  }

  function lost(which: ChildProcess, reason: string): void {
    if (child !== which) return;
    child = undefined;
    if (pending.size > 0) log.warn('the task launcher is gone', { reason, pending: pending.size });
    for (const [id, waiting] of pending) {
      if (!waiting.isTaken && waiting.attempts < MAX_ATTEMPTS && !isClosed) send(waiting);
      else {
        pending.delete(id);
        waiting.reject(
          new ProcessError('cannot-start', `the task launcher is gone (${reason}) in the middle of a start`),
        );
      }
    }
  }

  function send(waiting: Pending): void {
    waiting.attempts++;
    const launcher = ensureChild();
    keepAliveWhileBusy();
    // A failure to send is followed by 'error' or 'disconnect', which tries again or rejects.
    launcher.send(waiting.request, () => undefined);
  }

  /** The launcher alone must not keep the daemon alive, a launch under way must. */
  function keepAliveWhileBusy(): void {
    if (pending.size > 0) child?.channel?.ref();
    else child?.channel?.unref();
  }

  return {
    launch: (task) =>
      new Promise((resolve, reject) => {
        if (isClosed) throw new ProcessError('cannot-start', 'no task is started any more');
        if (pending.size >= MAX_PENDING) {
          throw new ProcessError('cannot-start', `${MAX_PENDING} tasks are being started already`);
        }
        const { argv: _argv, env: _env, confinement, joins, ...rest } = task;
        const text = confinement === undefined ? joiningText(task) : confinedText(task);
        // Who sets itself up as root takes its user itself.
        const dropsUser = confinement === undefined && joins === undefined;
        const setsUpItself = confinement !== undefined;
        const request: LaunchRequest = {
          id: nextId++,
          pieces: taskPieces(terminalText(text, task, { setsUpItself })),
          task: { ...rest, dropsUser, setsUpItself },
        };
        const waiting: Pending = { request, isTaken: false, attempts: 0, resolve, reject };
        pending.set(request.id, waiting);
        send(waiting);
      }),
    async close() {
      isClosed = true;
      const ending = child;
      if (ending === undefined) return;
      ending.disconnect();
      ending.ref();
      await new Promise<void>((resolve) =>
        ending.exitCode === null && ending.signalCode === null ? ending.once('exit', () => resolve()) : resolve(),
      );
    },
  };
}
