import { Args } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class AppShow extends MarathonCommand {
  static override summary = 'Show one app and its tasks.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> /shop/web',
    '<%= config.bin %> <%= command.id %> web --json',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AppShow);
    const marathon = await this.marathon();
    const [{ findApp }, { appView }] = await Promise.all([
      import('../../cli/marathon/ids.ts'),
      import('../../cli/marathon/views/apps.ts'),
    ]);
    await this.show(async () => {
      const [app, queue] = await Promise.all([findApp(marathon, args.app), marathon.queue()]);
      return appView(
        app,
        queue.find((item) => item.app?.id === app.id),
        Date.now(),
      );
    });
  }
}
