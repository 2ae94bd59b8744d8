import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class RoleShow extends MctlCommand {
  static override summary = 'Show one role: frameworks, amounts, quota, the roles beneath it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> eng/web --json',
  ];
  static override args = { role: Args.string({ description: 'Its name, or the beginning of it.', required: true }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(RoleShow);
    const master = await this.masterClient();
    const [{ roleView }, { pick }] = await Promise.all([
      import('../../cli/roles/views.ts'),
      import('../../cli/ids.ts'),
    ]);
    await this.show(async () => {
      const roles = await master.getRoles();
      return roleView(pick('role', roles, args.role), roles);
    });
  }
}
