import { SignalCommand } from '../../../cli/cluster/chaos/signal-command.ts';

export default class ClusterChaosKill extends SignalCommand {
  static override summary = 'Kill a member of a local cluster with SIGKILL; its supervisor starts it again.';
  static override description = 'The daemon only: the tasks of an agent go on.';

  override async run(): Promise<void> {
    await this.signal('kill');
  }
}
