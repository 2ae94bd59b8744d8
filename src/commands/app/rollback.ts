import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class AppRollback extends ChangingCommand {
  static override summary = 'Go back to an earlier version of an app.';
  static override description =
    'A deployment of the app that is under way is cancelled: mostly it is the one that is to be taken back.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web 2026-01-31T12:00:00.000Z',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
    version: Args.string({ description: 'A version, the start of one, or previous.', default: 'previous' }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AppRollback);
    this.refuseWatch();
    const context = await this.changeContext();
    const { rollbackOf } = await import('../../cli/marathon/changes/rollback.ts');
    await this.carryOut(await rollbackOf(context.marathon, args.app, args.version), context);
  }
}
