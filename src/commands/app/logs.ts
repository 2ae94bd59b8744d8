import { Args, Flags } from '@oclif/core';
import { integerFlag } from '../../cli/amount-flags.ts';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class AppLogs extends MarathonCommand {
  static override summary = 'Print stdout and stderr of all instances of an app.';
  static override description =
    'Each line begins with the instance it is from; with --instance the lines come as they are. Of an app that does not ' +
    'run the output of the instance that failed last is shown.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> web -n 20',
    '<%= config.bin %> <%= command.id %> web --follow',
    '<%= config.bin %> <%= command.id %> web --instance 3f0c1a2b --stderr',
  ];
  static override args = {
    app: Args.string({ description: 'Its id, or an end of it that only one app has.', required: true }),
  };
  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'Go on with what comes, of new instances too.' }),
    instance: Flags.string({ char: 'i', summary: 'Only the one with this in its task id.', helpValue: '<id>' }),
    lines: integerFlag({ char: 'n', summary: 'Only the last lines of each.', min: 0 }),
    stdout: Flags.boolean({ summary: 'Only stdout.', exclusive: ['stderr'] }),
    stderr: Flags.boolean({ summary: 'Only stderr.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(AppLogs);
    const marathon = await this.marathon();
    const [{ findAppId }, { appLogs }, world] = await Promise.all([
      import('../../cli/marathon/ids.ts'),
      import('../../cli/marathon/logs.ts'),
      this.world(),
    ]);
    await appLogs({
      world,
      marathon,
      master: await this.masterOfMarathon(),
      terminal: this.terminal,
      id: await findAppId(marathon, args.app),
      instance: flags.instance,
      lines: flags.lines,
      follow: flags.follow || flags.watch,
      streams: flags.stdout ? ['stdout'] : flags.stderr ? ['stderr'] : ['stdout', 'stderr'],
      say: (text) => this.say(text),
    });
  }
}
