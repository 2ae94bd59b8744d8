import { MctlCommand } from '../cli/base-command.ts';

export default class Events extends MctlCommand {
  static override summary = "Print the master's events as they happen.";
  static override description =
    'One line an event; with --json the events themselves, one JSON object a line. --timeout ends it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json | jq .type',
  ];

  override async run(): Promise<void> {
    const { flags } = await this.parse(Events);
    const { printEvents } = await import('../cli/tasks/print-events.ts');
    await printEvents(await this.masterClient(), (await this.world()).clock, this.terminal, this.format, flags.timeout);
  }
}
