import { Args, Flags } from '@oclif/core';
import { ClusterCommand, clusterNameFlag } from '../../../cli/cluster/cluster-command.ts';

export default class ClusterChaosPartition extends ClusterCommand {
  static override summary = 'Cut a member of a local cluster off from others, in both directions.';
  static override description =
    'Connections between them stay open and say nothing, as when a cable is pulled, until `mctl cluster chaos heal`. ' +
    "Commands like this one and the tasks' own connections are never cut. Several cuts add up.";
  static override examples = [
    '<%= config.bin %> <%= command.id %> master-1',
    '<%= config.bin %> <%= command.id %> agent-2 --from master-1 --from master-2',
  ];
  static override args = {
    member: Args.string({ description: 'As in `mctl cluster status`: master-1, agent-2, …', required: true }),
  };
  static override flags = {
    name: clusterNameFlag,
    from: Flags.string({
      summary: 'Only from this member; all the others when left out.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<member>',
    }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ClusterChaosPartition);
    this.refuseWatch();
    const { partition, partitionView } = await import('../../../cli/cluster/chaos/partitions.ts');
    const { net } = await this.world();
    await this.print(partitionView(await partition(net, this.paths(flags.name), args.member, flags.from ?? [])));
  }
}
