import { Flags } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class AppApply extends ChangingCommand {
  static override summary = 'Make apps as they are in files: create them, or update what differs.';
  static override description =
    'What is as it should be is left alone, so this may be run again and again. Members that a file leaves out get their ' +
    'defaults; only the number of instances stays as it is.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f web.yaml',
    '<%= config.bin %> <%= command.id %> -f web.yaml -f db.json --timeout 5m --rollback',
    'render-apps | <%= config.bin %> <%= command.id %> -f -',
  ];
  static override flags = {
    file: Flags.string({
      char: 'f',
      summary: 'JSON or YAML; - is stdin. May be given several times.',
      helpValue: '<file|->',
      multiple: true,
      required: true,
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(AppApply);
    this.refuseWatch();
    const [{ applyApps }, { appsFrom }, { warningsOf }] = await Promise.all([
      import('../../cli/marathon/changes/apps.ts'),
      import('../../cli/marathon/input/apps-from.ts'),
      import('../../cli/marathon/input/members.ts'),
    ]);
    const apps = await appsFrom({ file: flags.file });
    for (const line of warningsOf(apps)) this.say(line);
    await this.print(await applyApps(await this.changeContext(), apps));
  }
}
