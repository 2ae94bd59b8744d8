import { Flags } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class GroupApply extends ChangingCommand {
  static override summary = 'Make a group as it is in a file: what the file does not have is removed.';
  static override description = 'What is as it should be is left alone, so this may be run again and again.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f shop.yaml',
    'render-group | <%= config.bin %> <%= command.id %> -f - --timeout 5m',
  ];
  static override flags = {
    file: Flags.string({ char: 'f', summary: 'JSON or YAML; - is stdin.', helpValue: '<file|->', required: true }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(GroupApply);
    this.refuseWatch();
    const [{ applyGroup, groupOf }, { readInput }] = await Promise.all([
      import('../../cli/marathon/changes/groups.ts'),
      import('../../cli/marathon/input/read-files.ts'),
    ]);
    const group = groupOf(await readInput([flags.file]));
    for (const line of group.warnings) this.say(line);
    await this.print(await applyGroup(await this.changeContext(), group));
  }
}
