// What the commands of Marathon have in common: the flag that names it, its client, and the ids that people type.
import { Flags } from '@oclif/core';
import type { MarathonClient } from '../../client/marathon.ts';
import { BASE_FLAGS, MctlCommand } from '../base-command.ts';

/** The common flags, and which Marathon is meant. */
export const MARATHON_BASE_FLAGS = {
  ...BASE_FLAGS,
  marathon: Flags.string({
    helpGroup: 'GLOBAL',
    summary: 'Use this Marathon (MCTL_MARATHON).',
    helpValue: '<host:port,…>',
  }),
};

/** Commands that ask Marathon, and change nothing. */
export abstract class MarathonCommand extends MctlCommand {
  static override baseFlags = MARATHON_BASE_FLAGS;

  #client: Promise<MarathonClient> | undefined;

  /** The Marathon that is meant. Throws Problem. */
  protected marathon(): Promise<MarathonClient> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async #connect(): Promise<MarathonClient> {
    const [{ net }, { findMarathon }, { MarathonClient }] = await Promise.all([
      this.world(),
      import('./find-marathon.ts'),
      import('../../client/marathon.ts'),
    ]);
    const addresses = await findMarathon(this.#marathonFlag, this.common, process.env, () => this.masterClient());
    return new MarathonClient({ net, addresses, timeoutMs: 15_000 });
  }

  /** --marathon is not one of the flags that all commands have. */
  get #marathonFlag(): string | undefined {
    const value: unknown = Reflect.get(this.common, 'marathon');
    return typeof value === 'string' ? value : undefined;
  }
}
