import { Flags } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class AppValidate extends MarathonCommand {
  static override summary = 'Check files of apps: every fault with its line. Nothing is changed.';
  static override description = 'Marathon itself checks them, so that its version and settings count.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f web.yaml',
    '<%= config.bin %> <%= command.id %> -f web.yaml -f db.json --json',
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
    const { flags } = await this.parse(AppValidate);
    this.refuseWatch();
    const [marathon, { validateApps }] = await Promise.all([this.marathon(), import('../../cli/marathon/validate.ts')]);
    await this.print(await validateApps(marathon, flags.file));
  }
}
