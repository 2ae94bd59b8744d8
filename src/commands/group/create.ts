import { Flags } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class GroupCreate extends ChangingCommand {
  static override summary = 'Create a group with its apps from a file.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f shop.yaml',
    'render-group | <%= config.bin %> <%= command.id %> -f - --timeout 5m',
  ];
  static override flags = {
    file: Flags.string({ char: 'f', summary: 'JSON or YAML; - is stdin.', helpValue: '<file|->', required: true }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(GroupCreate);
    this.refuseWatch();
    const [{ createGroup, groupOf }, { readInput }] = await Promise.all([
      import('../../cli/marathon/changes/groups.ts'),
      import('../../cli/marathon/input/read-files.ts'),
    ]);
    const group = groupOf(await readInput([flags.file]));
    for (const line of group.warnings) this.say(line);
    await this.print(await createGroup(await this.changeContext(), group));
  }
}
