import { SignalCommand } from '../../../cli/cluster/chaos/signal-command.ts';

export default class ClusterChaosResume extends SignalCommand {
  static override summary = 'Let a paused member of a local cluster go on (SIGCONT).';
  static override description = 'It may not know yet what happened meanwhile.';

  override async run(): Promise<void> {
    await this.signal('resume');
  }
}
