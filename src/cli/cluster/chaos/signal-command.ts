// What `mctl cluster chaos kill`, `pause` and `resume` have in common: all but words and signal.
import { Args } from '@oclif/core';
import { ClusterCommand, clusterNameFlag } from '../cluster-command.ts';
import type { SignalAct } from './signals.ts';

/** One signal to one member. */
export abstract class SignalCommand extends ClusterCommand {
  static override examples = [
    '<%= config.bin %> <%= command.id %> master-1',
    '<%= config.bin %> <%= command.id %> zookeeper-2 --name second --json',
  ];
  static override args = {
    member: Args.string({ description: 'As in `mctl cluster status`: master-1, agent-2, …', required: true }),
  };
  static override flags = { name: clusterNameFlag };

  protected async signal(act: SignalAct): Promise<void> {
    const { args, flags } = await this.parse(SignalCommand);
    this.refuseWatch();
    const { signalMember, signalView } = await import('./signals.ts');
    await this.print(signalView(await signalMember(this.paths(flags.name), args.member, act)));
  }
}
