import { Args } from '@oclif/core';
import { MctlCommand } from '../../../cli/base-command.ts';

export default class RoleQuota extends MctlCommand {
  static override summary = 'Show the quotas of roles. (role quota set and role quota remove change them.)';
  static override description =
    'What is guaranteed to a role is kept back from others while it does not use it; beyond its limit a role is offered ' +
    'nothing. What counts: reservations of the role and all beneath it, used or not, and what they use without one.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> web --json',
    '<%= config.bin %> role quota set web --guarantee cpus:4,mem:8GB',
  ];
  static override aliases = ['role:quota:show', 'role:quota:list'];
  static override args = { role: Args.string({ description: 'Only of this role.' }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(RoleQuota);
    const master = await this.masterClient();
    const { quotaListView, quotaView } = await import('../../../cli/roles/views.ts');
    await this.show(async () => {
      const roles = await master.getRoles();
      if (args.role === undefined) return quotaListView(roles);
      return quotaView(args.role, roles.find(({ id }) => id === args.role)?.quota);
    });
  }
}
