import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class AppStop extends ChangingCommand {
  static override summary = 'Scale an app to 0: it stays, its instances do not.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --yes --force',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AppStop);
    this.refuseWatch();
    const context = await this.changeContext();
    const { scaleApp } = await import('../../cli/marathon/changes/scale.ts');
    const change = await scaleApp(context, args.app, '0');
    await this.confirm(`Stop all instances of ${change.subjects[0]}?`);
    await this.carryOut({ ...change, done: 'Stopped' }, context);
  }
}
