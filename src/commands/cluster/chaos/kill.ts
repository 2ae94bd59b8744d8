import { Args } from '@oclif/core';
import { ClusterCommand, clusterNameFlag } from '../../../cli/cluster/cluster-command.ts';

export default class ClusterChaosKill extends ClusterCommand {
  static override summary = 'Kill a member of a local cluster with SIGKILL; its supervisor starts it again.';
  static override description = 'The daemon only: the tasks of an agent go on.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> master-1',
    '<%= config.bin %> <%= command.id %> zookeeper-2 --name second --json',
  ];
  static override args = {
    member: Args.string({ description: 'As in `mctl cluster status`: master-1, agent-2, …', required: true }),
  };
  static override flags = { name: clusterNameFlag };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ClusterChaosKill);
    this.refuseWatch();
    const { signalMember, signalView } = await import('../../../cli/cluster/chaos/signals.ts');
    await this.print(signalView(await signalMember(this.paths(flags.name), args.member, 'kill')));
  }
}
