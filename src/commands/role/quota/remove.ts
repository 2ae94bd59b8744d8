import { Args } from '@oclif/core';
import { MctlCommand } from '../../../cli/base-command.ts';

export default class RoleQuotaRemove extends MctlCommand {
  static override summary = 'Remove the guarantees and limits of a role.';
  static override description = 'The role keeps what it uses. Nothing happens if it has no quota.';
  static override examples = ['<%= config.bin %> <%= command.id %> web'];
  static override args = { role: Args.string({ description: 'Its whole name.', required: true }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(RoleQuotaRemove);
    this.refuseWatch();
    const [{ setQuota }, { quotaView }] = await Promise.all([
      import('../../../cli/roles/change.ts'),
      import('../../../cli/roles/views.ts'),
    ]);
    const wanted = { role: args.role, guarantees: {}, limits: {}, force: true };
    await this.print(quotaView(args.role, await setQuota(await this.masterClient(), wanted)));
  }
}
