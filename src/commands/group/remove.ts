import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class GroupRemove extends ChangingCommand {
  static override summary = 'Remove a group with all apps and groups in it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> /shop',
    '<%= config.bin %> <%= command.id %> /shop --yes',
  ];
  static override args = { group: Args.string({ description: 'Its path, such as /shop.', required: true }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(GroupRemove);
    this.refuseWatch();
    const context = await this.changeContext();
    const { findForRemoval } = await import('../../cli/marathon/changes/groups.ts');
    const { question, change } = await findForRemoval(context, args.group);
    await this.confirm(question);
    await this.carryOut(change, context);
  }
}
