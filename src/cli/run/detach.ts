// `mctl run --detach`: somebody must stay to acknowledge the task's updates and to take the framework off the master when
// the task has ended; so a small process of its own stays, and we leave when the task runs.
import { spawn } from 'node:child_process';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { mctlCommand } from '../program.ts';

/** What the staying process tells the leaving one over IPC. */
export type DetachedMessage =
  | {
      readonly kind: 'running';
      readonly task: string;
      readonly agent: string;
      readonly framework: string;
      readonly pid: number;
    }
  | { readonly kind: 'words'; readonly text: string };

/** What the process that stays tells the one that leaves. */
export interface DetachedTask {
  readonly task: string;
  readonly agent: string;
  readonly framework: string;
  /** The process that stays until the task has ended. */
  readonly pid: number;
}

/** Environment variable of the staying process: the masters it talks to. `mctl cluster down` finds it by that. */
export const DETACHED = 'MCTL_RUN_DETACHED';

/** The task and how to find it again. */
export function detachedView(task: DetachedTask): View {
  const { task: id, agent, framework, pid } = task;
  return {
    data: { id, agent, framework, pid },
    names: [id],
    body: {
      kind: 'details',
      items: [
        ['Task', id],
        ['Agent', agent],
        ['Framework', framework],
        ['Next', `mctl task logs --follow ${id}`],
      ],
    },
  };
}

/** Is this the staying process? */
export function isDetachedProcess(): boolean {
  return process.env[DETACHED] !== undefined && process.connected;
}

/** Runs `mctl run` with the same arguments in the background; resolves when the task runs. Throws Problem. */
export function runDetached(
  args: readonly string[],
  masters: readonly string[],
  say: (text: string) => void,
): Promise<DetachedTask> {
  const [program, ...rest] = mctlCommand(['run', ...args]);
  const child = spawn(program, rest, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, [DETACHED]: masters.join(',') },
  });
  let errors = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    errors = (errors + text).slice(-10_000);
  });
  return new Promise((resolve, reject) => {
    child.on('message', (message: DetachedMessage) => {
      if (message.kind === 'words') return say(message.text);
      child.disconnect();
      child.stderr?.destroy();
      child.unref();
      resolve(message);
    });
    child.once('exit', (code) => {
      const problem = errors.trim().replace(/^Error: /, '');
      const [what = '', ...why] = problem.split('\n');
      const exitCode = Object.values(EXIT).find((value) => value === code) ?? EXIT.failed;
      reject(
        new Problem(exitCode, {
          what: what || 'The task could not be run.',
          ...(why.length > 0 && { why: why.join('\n').trim() }),
        }),
      );
    });
    child.once('error', (cause) =>
      reject(new Problem(EXIT.failed, { what: 'The background process could not be started.' }, { cause })),
    );
  });
}
