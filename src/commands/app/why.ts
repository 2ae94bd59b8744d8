import { Args } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class AppWhy extends MarathonCommand {
  static override summary = 'Say why an app is not starting, or not staying up.';
  static override description =
    'The exit code is 0 when it runs or is on its way, 5 when it cannot be placed, and 1 when it does not stay up.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --watch',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AppWhy);
    const marathon = await this.marathon();
    const [{ findAppId }, { askWhy }, { whyExit, whyView }] = await Promise.all([
      import('../../cli/marathon/ids.ts'),
      import('../../cli/marathon/why/ask.ts'),
      import('../../cli/marathon/why/view.ts'),
    ]);
    const id = await findAppId(marathon, args.app);
    await this.show(async () => {
      const answer = await askWhy(marathon, id, Date.now());
      this.leave(whyExit(answer, Date.now()));
      return whyView(answer, Date.now());
    });
  }
}
