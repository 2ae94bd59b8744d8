// The operator's say before tasks are killed (haproxy.md 16.7): a program that gets the old app, the ids of its tasks and the
// new app, each as JSON, and says no by ending with anything but 0.
import { ProcessError, type Processes } from '../../world/processes.ts';
import type { LiveApp } from './colours/colours.ts';

/** One argument can be no longer than this (Linux: 128 KiB). */
const LONGEST_ARGUMENT_BYTES = 100_000;
const LONGEST_SAID_CHARACTERS = 300;

/** Undefined when the tasks may be killed; otherwise why not. */
export async function runPreKillHook(
  processes: Pick<Processes, 'run'>,
  program: string,
  old: LiveApp,
  taskIds: readonly string[],
  successor: LiveApp,
): Promise<string | undefined> {
  try {
    const argv = [program, appText(old), JSON.stringify(taskIds), appText(successor)] as const;
    const { exitCode, signal, stderr } = await processes.run({ argv });
    if (exitCode === 0) return undefined;
    const said = stderr.trim().slice(-LONGEST_SAID_CHARACTERS);
    const how = exitCode === undefined ? `was ended by ${signal ?? 'a signal'}` : `ended with ${exitCode}`;
    return `the pre-kill hook ${how}${said === '' ? '' : `: ${said}`}`;
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return `the pre-kill hook did not run: ${error.message}`;
  }
}

/** Of a very large app without its tasks, which the hook can ask Marathon for. */
function appText(app: LiveApp): string {
  const text = JSON.stringify(app);
  if (Buffer.byteLength(text) <= LONGEST_ARGUMENT_BYTES) return text;
  return JSON.stringify({ ...app, tasks: [] });
}
