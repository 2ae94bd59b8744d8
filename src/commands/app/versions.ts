import { Args, Flags } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class AppVersions extends MarathonCommand {
  static override summary = "List an app's versions, the newest first, or show one.";
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --show 2026-01-31T12 -o yaml',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
  };
  static override flags = {
    show: Flags.string({ summary: 'Print this version (or the start of it).', helpValue: '<version>' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(AppVersions);
    const marathon = await this.marathon();
    const [{ findAppId }, { versionView, versionsOfApp }] = await Promise.all([
      import('../../cli/marathon/ids.ts'),
      import('../../cli/marathon/versions.ts'),
    ]);
    const id = await findAppId(marathon, args.app);
    await this.show(() =>
      flags.show === undefined ? versionsOfApp(marathon, id, Date.now()) : versionView(marathon, id, flags.show),
    );
  }
}
