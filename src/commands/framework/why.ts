import { Args, Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class FrameworkWhy extends MctlCommand {
  static override summary = 'Say why a framework is offered what it is, or nothing.';
  static override description =
    'The exit code is 0 when something can be offered to it or it wants nothing, and 5 when nothing can.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> marathon',
    '<%= config.bin %> <%= command.id %> 0000 --role eng --watch',
  ];
  static override args = {
    framework: Args.string({ description: 'Id, its beginning or end, or name.', required: true }),
  };
  static override flags = { role: Flags.string({ summary: 'Only in this one of its roles.', helpValue: '<role>' }) };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(FrameworkWhy);
    const master = await this.masterClient();
    const [{ askWhy }, { frameworkWhyView, whyExit }] = await Promise.all([
      import('../../cli/why/ask.ts'),
      import('../../cli/why/view.ts'),
    ]);
    await this.show(async () => {
      const why = await askWhy(master, args.framework, flags.role);
      this.leave(whyExit(why));
      return frameworkWhyView(why, Date.now());
    });
  }
}
