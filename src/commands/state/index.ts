import { MctlCommand } from '../../cli/base-command.ts';

export default class State extends MctlCommand {
  static override summary = 'Show the whole cluster at a glance.';
  static override description = "With --json the master's own /state document.";
  static override examples = [
    '<%= config.bin %> <%= command.id %> --watch',
    '<%= config.bin %> <%= command.id %> --json | jq .slaves',
  ];

  override async run(): Promise<void> {
    await this.parse(State);
    const master = await this.masterClient();
    const { stateView } = await import('../../cli/views/state.ts');
    await this.show(() => stateView(master, this.format === 'json' || this.format === 'yaml', Date.now()));
  }
}
