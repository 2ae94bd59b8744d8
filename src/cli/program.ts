// How to start this program again: the supervisor and the daemons are the same package in other processes.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
/** `.ts` when run from source, `.js` when built. */
const extension = here.slice(here.lastIndexOf('.'));
const packageRoot = join(dirname(here), '..', '..');

/** `mctl <args>` as a command line for spawn. */
export function daemonCommand(args: readonly string[]): [string, ...string[]] {
  return [process.execPath, join(packageRoot, 'bin', 'mctl.js'), ...args];
}

/** A module of src/cli as a program of its own: `cluster/supervisor-main`. */
export function moduleCommand(module: string, args: readonly string[]): [string, ...string[]] {
  return [process.execPath, join(dirname(here), `${module}${extension}`), ...args];
}

/** Are the daemons there to be started, i.e. has the package been built? */
export function isBuilt(): boolean {
  return existsSync(join(packageRoot, 'dist', 'commands'));
}
