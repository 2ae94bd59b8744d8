import { Args } from '@oclif/core';
import { ClusterCommand, clusterNameFlag } from '../../../cli/cluster/cluster-command.ts';

export default class ClusterChaosHeal extends ClusterCommand {
  static override summary = 'End what `mctl cluster chaos partition` has cut: of one member, or all of it.';
  static override description = 'What was said meanwhile arrives now, late.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> master-1 --json',
  ];
  static override args = { member: Args.string({ description: 'Only the cuts of this member.' }) };
  static override flags = { name: clusterNameFlag };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ClusterChaosHeal);
    this.refuseWatch();
    const { heal, partitionView } = await import('../../../cli/cluster/chaos/partitions.ts');
    const { net } = await this.world();
    await this.print(partitionView(await heal(net, this.paths(flags.name), args.member)));
  }
}
