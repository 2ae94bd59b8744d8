// What the commands of Marathon have in common: the flag that names it, its client, and the ids that people type.
import { Flags } from '@oclif/core';
import type { MarathonClient } from '../../client/marathon.ts';
import type { MasterClient } from '../../client/operator.ts';
import { BASE_FLAGS, MctlCommand } from '../base-command.ts';
import { NoMarathon } from '../context/marathon.ts';

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

  /** The master of the cluster that Marathon works in, also where only Marathon was named. Throws Problem. */
  protected async masterOfMarathon(): Promise<MasterClient> {
    const { master, context } = this.common;
    const isMarathonAlone = this.#marathonFlag !== undefined || Boolean(process.env.MCTL_MARATHON);
    if (!isMarathonAlone || master !== undefined || context !== undefined) return this.masterClient();
    const [{ net }, { MasterClient }, marathon] = await Promise.all([
      this.world(),
      import('../../client/operator.ts'),
      this.marathon(),
    ]);
    const { mesos_leader_ui_url, master: told } = (await marathon.info()).marathon_config;
    const address = [mesos_leader_ui_url, told].find(
      (one) => typeof one === 'string' && /^(https?:\/\/)?[^/:]+:\d+/.test(one),
    );
    if (typeof address !== 'string') return this.masterClient();
    return new MasterClient({ net, addresses: [address] });
  }

  /** --marathon or MCTL_MARATHON says which one is meant, and not just which cluster. */
  protected get isMarathonNamed(): boolean {
    const { master, context } = this.common;
    if (this.#marathonFlag !== undefined) return true;
    return Boolean(process.env.MCTL_MARATHON) && master === undefined && context === undefined;
  }

  /** Undefined when the cluster has none, as far as its master knows. Throws Problem, ApiError. */
  protected async marathonIfAny(): Promise<MarathonClient | undefined> {
    try {
      return await this.marathon();
    } catch (error) {
      this.#client = undefined;
      if (error instanceof NoMarathon) return undefined;
      throw error;
    }
  }

  async #connect(): Promise<MarathonClient> {
    const [{ net }, { findMarathon }, { leadingFirst }, { MarathonClient }] = await Promise.all([
      this.world(),
      import('./find-marathon.ts'),
      import('./leading-first.ts'),
      import('../../client/marathon.ts'),
    ]);
    const addresses = await findMarathon(this.#marathonFlag, this.common, process.env, () => this.masterClient());
    return new MarathonClient({ net, addresses: await leadingFirst(net, addresses), timeoutMs: 15_000 });
  }

  /** --marathon is not one of the flags that all commands have. */
  get #marathonFlag(): string | undefined {
    const value: unknown = Reflect.get(this.common, 'marathon');
    return typeof value === 'string' ? value : undefined;
  }
}
