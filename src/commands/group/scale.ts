import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class GroupScale extends ChangingCommand {
  static override summary = 'Multiply the instances of all apps in a group.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> /shop x2',
    '<%= config.bin %> <%= command.id %> /shop x0.5 --timeout 1m',
  ];
  static override args = {
    group: Args.string({ description: 'Its path, such as /shop.', required: true }),
    factor: Args.string({ description: 'x2, x0.5, …; rounded up app by app.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(GroupScale);
    this.refuseWatch();
    const context = await this.changeContext();
    const { scaleGroup } = await import('../../cli/marathon/changes/scale.ts');
    await this.carryOut(scaleGroup(context, args.group, args.factor), context);
  }
}
