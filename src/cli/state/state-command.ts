// What `mctl state backup` and `mctl state restore` have in common: the flags that say where the state is.
import { Flags } from '@oclif/core';
import { MctlCommand } from '../base-command.ts';
import { SERVICES } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import type { StateQuestion } from './find.ts';

/** Where the state is. */
export const STATE_FLAGS = {
  zk: Flags.string({
    summary: 'State on ZooKeeper: what the daemon has as --zk.',
    helpValue: '<zk://…|file://…>',
    exclusive: ['work-dir'],
  }),
  'work-dir': Flags.string({
    summary: 'State in the work dir of a daemon, which must be stopped.',
    helpValue: '<dir>',
  }),
  service: Flags.option({ options: SERVICES, summary: 'Whose state.' })(),
};

/** Flags after parsing. */
interface Given {
  readonly zk?: string | undefined;
  readonly 'work-dir'?: string | undefined;
  readonly service?: (typeof SERVICES)[number] | undefined;
}

export abstract class StateCommand extends MctlCommand {
  protected question({ zk, 'work-dir': workDir, service }: Given): StateQuestion {
    return { zk, workDir, service, target: () => this.target(), timeoutMs: this.common.timeout };
  }

  /** Throws Problem `usage` for an empty text. */
  protected refuseNoFile(file: string): void {
    if (file === '') throw new Problem(EXIT.usage, { what: 'The name of the file is empty.' });
  }
}
