import { Args } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class AppTasks extends MarathonCommand {
  static override summary = "List an app's tasks: where they run, on which ports, and how they are.";
  static override examples = ['<%= config.bin %> <%= command.id %> web', '<%= config.bin %> <%= command.id %> web -q'];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AppTasks);
    const marathon = await this.marathon();
    const [{ findApp }, { appTasksView }] = await Promise.all([
      import('../../cli/marathon/ids.ts'),
      import('../../cli/marathon/views/apps.ts'),
    ]);
    await this.show(async () => appTasksView(await findApp(marathon, args.app), Date.now()));
  }
}
