import { Args } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class GroupVersions extends MarathonCommand {
  static override summary = "List a group's versions, the newest first.";
  static override description = 'They are those of the whole tree: every change of any group makes one.';
  static override examples = ['<%= config.bin %> <%= command.id %> /shop', '<%= config.bin %> <%= command.id %> / -q'];
  static override args = { group: Args.string({ description: 'Its path, such as /shop.', required: true }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(GroupVersions);
    const marathon = await this.marathon();
    const [{ groupId }, { versionsOfGroup }] = await Promise.all([
      import('../../cli/marathon/ids.ts'),
      import('../../cli/marathon/versions.ts'),
    ]);
    await this.show(() => versionsOfGroup(marathon, groupId(args.group), Date.now()));
  }
}
