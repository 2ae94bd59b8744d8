import { SignalCommand } from '../../../cli/cluster/chaos/signal-command.ts';

export default class ClusterChaosPause extends SignalCommand {
  static override summary = 'Stop a member of a local cluster where it stands (SIGSTOP).';
  static override description =
    'Its connections stay open and silent, until `mctl cluster chaos resume`. Tasks of an agent go on.';

  override async run(): Promise<void> {
    await this.signal('pause');
  }
}
