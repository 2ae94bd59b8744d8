// The daemon's side of its launcher: started with the first task, started again when it died.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ProcessError, type ProcessIdentity, type TaskProcess } from '../../processes.ts';
import type { Log } from '../../world.ts';
import type { LaunchReply, LaunchRequest } from './launcher-protocol.ts';
import { taskPieces } from './task-text.ts';

const MAIN = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './launcher-main.ts' : './launcher-main.js', import.meta.url),
);
/** More than this under way at once is refused: something is wrong above. */
const MAX_PENDING = 10_000;

interface Pending {
  readonly resolve: (identity: ProcessIdentity) => void;
  readonly reject: (error: ProcessError) => void;
}

export interface Launcher {
  launch(task: TaskProcess): Promise<ProcessIdentity>;
  close(): Promise<void>;
}

export function createLauncher(log: Log): Launcher {
  let child: ChildProcess | undefined;
  let nextId = 1;
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
    made.on('message', (reply: LaunchReply) => {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      keepAliveWhileBusy();
      if ('problem' in reply)
        waiting?.reject(new ProcessError('cannot-start', `cannot start the task: ${reply.problem}`));
      else waiting?.resolve({ pid: reply.pid, startTime: reply.startTime });
    });
    const lost = (reason: string): void => {
      if (child !== made) return;
      child = undefined;
      if (pending.size > 0) log.warn('the task launcher ended', { reason, pending: pending.size });
      for (const waiting of pending.values()) {
        waiting.reject(new ProcessError('cannot-start', `the task launcher ended meanwhile (${reason})`));
      }
      pending.clear();
    };
    made.on('error', (error) => lost(error.message));
    made.on('exit', (code, signal) => lost(signal ?? `exit ${code}`));
    made.on('disconnect', () => lost('disconnected'));
    return made;
  }

  /** The launcher alone must not keep the daemon alive, a launch under way must. */
  function keepAliveWhileBusy(): void {
    if (pending.size > 0) child?.channel?.ref();
    else child?.channel?.unref();
  }

  return {
    launch: (task) =>
      new Promise((resolve, reject) => {
        if (pending.size >= MAX_PENDING) {
          throw new ProcessError('cannot-start', `${MAX_PENDING} tasks are being started already`);
        }
        const { argv, env, ...rest } = task;
        const request: LaunchRequest = { id: nextId++, pieces: taskPieces({ argv, env }), task: rest };
        const launcher = ensureChild();
        pending.set(request.id, { resolve, reject });
        keepAliveWhileBusy();
        // A failure to send is followed by 'error' or 'disconnect', which rejects.
        launcher.send(request, () => undefined);
      }),
    async close() {
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
