// Program: a daemon without the command line around it. bin/mctl.js comes here for `mctl master --…` and the other daemons, which saves every daemon the memory and the start-up time of the argument parser it does not use.
import { type DaemonKind, runDaemon } from './run-daemon.ts';

/** Does not return: the process ends with the daemon's exit code. */
export async function main(kind: DaemonKind, args: readonly string[]): Promise<void> {
  process.exit(await runDaemon(kind, args, process.env));
}
