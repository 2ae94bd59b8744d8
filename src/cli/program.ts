// How to start this program again: the supervisor and the daemons are the same package in other processes.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
/** `.ts` when run from source, `.js` when built. */
const extension = here.slice(here.lastIndexOf('.'));
const packageRoot = join(dirname(here), '..', '..');

/** Given here, bin/mctl.js need not start Node a second time for it. */
const DAEMON_NODE_FLAG = '--max-semi-space-size=4';

/** `mctl <args>` as a command line for spawn. */
export function mctlCommand(args: readonly string[]): [string, ...string[]] {
  return [process.execPath, join(packageRoot, 'bin', 'mctl.js'), ...args];
}

/** As `mctlCommand`, for `mctl master` and `mctl agent`. */
export function daemonCommand(args: readonly string[]): [string, ...string[]] {
  const [node, ...rest] = mctlCommand(args);
  return [node, DAEMON_NODE_FLAG, ...rest];
}

/** A module of src/cli as a program of its own: `cluster/supervisor-main`. */
export function moduleCommand(module: string, args: readonly string[]): [string, ...string[]] {
  return [process.execPath, join(dirname(here), `${module}${extension}`), ...args];
}

/** Are the daemons there to be started, i.e. has the package been built? */
export function isBuilt(): boolean {
  return existsSync(join(packageRoot, 'dist', 'commands'));
}
