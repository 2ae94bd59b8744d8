import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class AppRemove extends ChangingCommand {
  static override summary = 'Remove an app, its instances and its history.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --yes --force',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AppRemove);
    this.refuseWatch();
    const context = await this.changeContext();
    const { findApp } = await import('../../cli/marathon/ids.ts');
    const { id, tasksRunning } = await findApp(context.marathon, args.app);
    await this.confirm(
      `Remove ${id}, ${tasksRunning === 0 ? 'of which nothing runs' : `and kill its ${tasksRunning} instances`}?`,
    );
    const send = () => context.marathon.removeApp(id, context);
    await this.carryOut({ subjects: [id], done: 'Removed', next: 'mctl app list', send }, context);
  }
}
