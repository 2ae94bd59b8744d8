import { Args, Flags } from '@oclif/core';
import { MctlCommand } from '../../../cli/base-command.ts';
import { EXIT } from '../../../cli/exit-codes.ts';
import { Problem } from '../../../cli/problem.ts';

export default class RoleQuotaSet extends MctlCommand {
  static override summary = 'Set what a role is guaranteed and may have at most.';
  static override description =
    'Replaces the quota of the role: a guarantee or limit that is left out is removed. Offers beyond the limits ' +
    'are taken back, then offers of other roles until there is enough for the guarantees; tasks go on.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web --guarantee cpus:4,mem:8GB',
    '<%= config.bin %> <%= command.id %> batch --limit cpus:16,mem:32GB,gpus:0',
    '<%= config.bin %> <%= command.id %> web --guarantee cpus:100 --force',
  ];
  static override args = {
    role: Args.string({ description: 'Its whole name, without a slash; it need not be in use yet.', required: true }),
  };
  static override flags = {
    guarantee: Flags.string({ summary: 'Kept free for the role, whoever else asks.', helpValue: 'cpus:4,mem:8GB' }),
    limit: Flags.string({ summary: 'The most it is offered, its guarantees included.', helpValue: 'cpus:8,mem:16GB' }),
    force: Flags.boolean({
      summary:
        'Set it even if the cluster is smaller than all guarantees together, no agent has such a resource, or the role uses more already.',
    }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(RoleQuotaSet);
    this.refuseWatch();
    const { guarantee, limit, force } = flags;
    if (guarantee === undefined && limit === undefined) {
      throw new Problem(EXIT.usage, {
        what: 'There is nothing to set.',
        why: 'Give --guarantee, --limit or both.',
        next: `mctl role quota remove ${args.role}`,
      });
    }
    const [{ parseAmounts }, { setQuota }, { quotaView }] = await Promise.all([
      import('../../../cli/roles/amounts.ts'),
      import('../../../cli/roles/change.ts'),
      import('../../../cli/roles/views.ts'),
    ]);
    const quota = await setQuota(await this.masterClient(), {
      role: args.role,
      guarantees: guarantee === undefined ? {} : parseAmounts('guarantee', guarantee),
      limits: limit === undefined ? {} : parseAmounts('limit', limit),
      force,
    });
    await this.print(quotaView(args.role, quota));
  }
}
