import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class AppRestart extends ChangingCommand {
  static override summary = 'Replace all instances of an app by new ones, as its upgrade strategy says.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --detach',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AppRestart);
    this.refuseWatch();
    const context = await this.changeContext();
    const { findAppId } = await import('../../cli/marathon/ids.ts');
    const id = await findAppId(context.marathon, args.app);
    const send = () => context.marathon.restartApp(id, context);
    await this.carryOut({ subjects: [id], done: 'Restarted', next: `mctl app tasks ${id}`, send }, context);
  }
}
