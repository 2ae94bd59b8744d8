import { Args } from '@oclif/core';
import { ContextCommand } from '../../cli/context/context-command.ts';
import { removeContext } from '../../cli/context/edit.ts';

export default class ContextRemove extends ContextCommand {
  static override summary = 'Forget a saved context.';
  static override examples = ['<%= config.bin %> <%= command.id %> staging'];
  static override args = { context: Args.string({ description: 'Its name.', required: true }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(ContextRemove);
    this.refuseWatch();
    this.writeConfig(removeContext(this.readConfig(), args.context));
    this.say(`Removed context '${args.context}'.`);
  }
}
