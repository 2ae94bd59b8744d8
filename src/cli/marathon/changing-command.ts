// Commands that change something in Marathon: they follow what they started until it ends, unless told not to.
import { Flags } from '@oclif/core';
import type { Change, ChangeContext } from './changes/carry-out.ts';
import { MARATHON_BASE_FLAGS, MarathonCommand } from './marathon-command.ts';

/** Flags of all of them. */
export const CHANGE_FLAGS = {
  detach: Flags.boolean({ char: 'd', summary: 'Do not wait for the deployment.' }),
  force: Flags.boolean({ summary: 'Cancel deployments that are in the way.' }),
  rollback: Flags.boolean({
    summary: 'Take it back when it is not done within --timeout.',
    dependsOn: ['timeout'],
    exclusive: ['detach'],
  }),
};

/** Says nothing of what is changed; `carryOut` does the rest. */
export abstract class ChangingCommand extends MarathonCommand {
  static override baseFlags = { ...MARATHON_BASE_FLAGS, ...CHANGE_FLAGS };

  /** As changes/carry-out.ts needs it, from the flags. */
  protected async changeContext(): Promise<ChangeContext> {
    const [marathon, { clock }] = await Promise.all([this.marathon(), this.world()]);
    const { quiet, timeout } = this.common;
    return {
      marathon,
      clock,
      terminal: this.terminal,
      quiet,
      timeoutMs: timeout,
      force: this.#flag('force'),
      detach: this.#flag('detach'),
      rollback: this.#flag('rollback'),
    };
  }

  /** Sends, follows, prints. Throws Problem. */
  protected async carryOut(change: Change, context?: ChangeContext): Promise<void> {
    const { carryOut } = await import('./changes/carry-out.ts');
    await this.print(await carryOut(context ?? (await this.changeContext()), change));
  }

  #flag(name: keyof typeof CHANGE_FLAGS): boolean {
    return Reflect.get(this.common, name) === true;
  }
}
