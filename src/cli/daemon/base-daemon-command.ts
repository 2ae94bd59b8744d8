// What the daemon commands have in common: they parse their own arguments, in kebab-case, snake_case and MESOS_*, with the
// flag table of their daemon; oclif only knows the flags for help and completion.
import { Command } from '@oclif/core';
import type { DaemonKind } from './run-daemon.ts';

/** Its exit code is the daemon's. */
export abstract class DaemonCommand extends Command {
  static override strict = false;

  protected async runDaemon(kind: DaemonKind): Promise<void> {
    // Nothing is parsed by oclif: it would refuse snake_case.
    const { runDaemon } = await import('./run-daemon.ts');
    process.exitCode = await runDaemon(kind, this.argv, process.env);
  }
}
