import { Args, Flags } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class MarathonQueue extends MarathonCommand {
  static override summary = 'List apps that wait to be launched, and why offers did not fit.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> web --reset-delay',
  ];
  static override args = { app: Args.string({ description: 'Only this one.' }) };
  static override flags = {
    'reset-delay': Flags.boolean({
      summary: 'Launch the app at once, though its tasks ended too soon.',
      exclusive: ['watch'],
    }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(MarathonQueue);
    const marathon = await this.marathon();
    const { queueOf, resetDelay } = await import('../../cli/marathon/queue.ts');
    if (flags['reset-delay']) this.say(`${await resetDelay(marathon, args.app)} is launched without delay.`);
    await this.show(() => queueOf(marathon, args.app, Date.now()));
  }
}
