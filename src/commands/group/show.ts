import { Args } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class GroupShow extends MarathonCommand {
  static override summary = 'Show a group: its apps, and the groups in it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> /shop',
    '<%= config.bin %> <%= command.id %> /shop -o yaml',
  ];
  static override args = { group: Args.string({ description: 'Its path, such as /shop.', required: true }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(GroupShow);
    const marathon = await this.marathon();
    const [{ groupId }, { groupView }] = await Promise.all([
      import('../../cli/marathon/ids.ts'),
      import('../../cli/marathon/views/groups.ts'),
    ]);
    await this.show(async () => groupView(await marathon.group(groupId(args.group))));
  }
}
