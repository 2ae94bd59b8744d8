import { Args } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class GroupList extends MarathonCommand {
  static override summary = 'List groups, and how much runs in each.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> /shop --json',
  ];
  static override args = { group: Args.string({ description: 'Only this one and those below it.', default: '/' }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(GroupList);
    const marathon = await this.marathon();
    const [{ groupId }, { groupListView }] = await Promise.all([
      import('../../cli/marathon/ids.ts'),
      import('../../cli/marathon/views/groups.ts'),
    ]);
    await this.show(async () => groupListView(await marathon.group(groupId(args.group))));
  }
}
