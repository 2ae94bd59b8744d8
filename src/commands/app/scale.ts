import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class AppScale extends ChangingCommand {
  static override summary = 'Change how many instances an app has.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web 5',
    '<%= config.bin %> <%= command.id %> web +2',
    '<%= config.bin %> <%= command.id %> web x1.5 --timeout 1m',
    '<%= config.bin %> <%= command.id %> web -1',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
    instances: Args.string({ description: '5, +2, -1 or x1.5.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AppScale);
    this.refuseWatch();
    const context = await this.changeContext();
    const { scaleApp } = await import('../../cli/marathon/changes/scale.ts');
    await this.carryOut(await scaleApp(context, args.app, args.instances), context);
  }
}
