import { Args, Flags } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class AppUpdate extends ChangingCommand {
  static override summary = 'Change some members of an app; the others stay.';
  static override description =
    'Keys are paths such as cpus, env.MODE or upgradeStrategy.maximumOverCapacity; an empty value removes a member of an ' +
    'object (labels.team=). Values are JSON where they read as JSON.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web cpus=0.5 mem=256',
    '<%= config.bin %> <%= command.id %> web env.MODE=fast labels.team=',
    '<%= config.bin %> <%= command.id %> web -f changes.yaml',
  ];
  static override usage =
    '<%= command.id %> APP [KEY=VALUE...] [-f <file|->] [-d] [--force] [--rollback --timeout <time>] …';
  static override strict = false;
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
    changes: Args.string({ description: 'key=value, as many as there are.' }),
  };
  static override flags = {
    file: Flags.string({ char: 'f', summary: 'Members that change, JSON or YAML; - is stdin.', helpValue: '<file|->' }),
  };

  override async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(AppUpdate);
    this.refuseWatch();
    const marathon = await this.marathon();
    const [{ updateApp }, { readUpdate }] = await Promise.all([
      import('../../cli/marathon/changes/apps.ts'),
      import('../../cli/marathon/input/update.ts'),
    ]);
    const update = await readUpdate(marathon, args.app, argv.slice(1).map(String), flags.file);
    for (const line of update.warnings) this.say(line);
    await this.print(await updateApp(await this.changeContext(), update.id, update.definition, update.place));
  }
}
