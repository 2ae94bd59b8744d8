// What the commands of Chronos have in common: the flag that names it, and its client.
import { Flags } from '@oclif/core';
import type { ChronosClient } from '../../client/chronos.ts';
import { BASE_FLAGS, MctlCommand } from '../base-command.ts';

export const CHRONOS_FLAG = Flags.string({
  helpGroup: 'GLOBAL',
  summary: 'Use this Chronos (MCTL_CHRONOS).',
  helpValue: '<host:port,…>',
});

/** Commands that ask Chronos. */
export abstract class ChronosCommand extends MctlCommand {
  static override baseFlags = {
    ...BASE_FLAGS,
    chronos: CHRONOS_FLAG,
  };

  #client: Promise<ChronosClient> | undefined;

  /** The Chronos that is meant. Throws Problem. */
  protected chronos(): Promise<ChronosClient> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async #connect(): Promise<ChronosClient> {
    const [{ net }, { connectChronos }] = await Promise.all([this.world(), import('./connect.ts')]);
    const { master, context } = this.common;
    const flag: unknown = Reflect.get(this.common, 'chronos');
    return connectChronos(net, {
      flag: typeof flag === 'string' ? flag : undefined,
      isClusterGiven: context !== undefined || master !== undefined,
      env: process.env,
      target: () => this.target(),
      master: () => this.masterClient(),
    });
  }
}
