import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class GroupRollback extends ChangingCommand {
  static override summary = 'Make a group as it was at an earlier version.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> /shop',
    '<%= config.bin %> <%= command.id %> /shop 2026-01-31T12:00:00.000Z --force',
  ];
  static override args = {
    group: Args.string({ description: 'Its path, such as /shop.', required: true }),
    version: Args.string({ description: 'A version, the start of one, or previous.', default: 'previous' }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(GroupRollback);
    this.refuseWatch();
    const context = await this.changeContext();
    const { groupRollbackOf } = await import('../../cli/marathon/changes/rollback.ts');
    await this.carryOut(await groupRollbackOf(context, args.group, args.version), context);
  }
}
