import { Args } from '@oclif/core';
import { ClusterCommand, clusterNameFlag } from '../../../cli/cluster/cluster-command.ts';

export default class ClusterChaosResume extends ClusterCommand {
  static override summary = 'Let a paused member of a local cluster go on (SIGCONT).';
  static override description = 'It may not know yet what happened meanwhile.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> master-1',
    '<%= config.bin %> <%= command.id %> zookeeper-2 --name second --json',
  ];
  static override args = {
    member: Args.string({ description: 'As in `mctl cluster status`: master-1, agent-2, …', required: true }),
  };
  static override flags = { name: clusterNameFlag };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ClusterChaosResume);
    this.refuseWatch();
    const { signalMember, signalView } = await import('../../../cli/cluster/chaos/signals.ts');
    await this.print(signalView(await signalMember(this.paths(flags.name), args.member, 'resume')));
  }
}
