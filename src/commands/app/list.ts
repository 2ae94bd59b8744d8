import { Args, Flags } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class AppList extends MarathonCommand {
  static override summary = 'List apps: how many instances run, and how they are.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> /shop -o wide',
    "<%= config.bin %> <%= command.id %> --label 'team==web,tier in (1,2)'",
  ];
  static override args = { group: Args.string({ description: 'Only those in this group and below it.' }) };
  static override flags = {
    label: Flags.string({
      summary: 'Only those whose labels fit: team, team==web, tier in (1,2), …',
      helpValue: '<selector>',
    }),
    id: Flags.string({ summary: 'Only those with this in their id.', helpValue: '<text>' }),
    cmd: Flags.string({ summary: 'Only those with this in their command.', helpValue: '<text>' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(AppList);
    const marathon = await this.marathon();
    const { listApps } = await import('../../cli/marathon/list-apps.ts');
    await this.show(() => listApps(marathon, { ...flags, group: args.group }, Date.now()));
  }
}
