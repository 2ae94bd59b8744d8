import { Args } from '@oclif/core';
import { ClusterCommand, clusterNameFlag } from '../../../cli/cluster/cluster-command.ts';

export default class ClusterChaosPause extends ClusterCommand {
  static override summary = 'Stop a member of a local cluster where it stands (SIGSTOP).';
  static override description =
    'Its connections stay open and silent, until `mctl cluster chaos resume`. Tasks of an agent go on.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> master-1',
    '<%= config.bin %> <%= command.id %> zookeeper-2 --name second --json',
  ];
  static override args = {
    member: Args.string({ description: 'As in `mctl cluster status`: master-1, agent-2, …', required: true }),
  };
  static override flags = { name: clusterNameFlag };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ClusterChaosPause);
    this.refuseWatch();
    const { signalMember, signalView } = await import('../../../cli/cluster/chaos/signals.ts');
    await this.print(signalView(await signalMember(this.paths(flags.name), args.member, 'pause')));
  }
}
