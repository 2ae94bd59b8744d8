import { Flags } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class MarathonEvents extends MarathonCommand {
  static override summary = 'Print what happens in Marathon, as it happens.';
  static override description = 'With --timeout it ends after that time, with exit code 0.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --type status_update_event --type deployment_success --json',
  ];
  static override flags = {
    type: Flags.string({
      summary: 'Only events of this type. May be given several times.',
      helpValue: '<type>',
      multiple: true,
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(MarathonEvents);
    const [marathon, { clock }, { printEvents }] = await Promise.all([
      this.marathon(),
      this.world(),
      import('../../cli/marathon/print-events.ts'),
    ]);
    const { terminal, format } = this;
    await printEvents({ marathon, clock, terminal, format, types: flags.type ?? [], durationMs: flags.timeout });
  }
}
