import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class FrameworkTeardown extends MctlCommand {
  static override summary = 'Remove a framework and kill its tasks.';
  static override examples = ['<%= config.bin %> <%= command.id %> 0003 --yes'];
  static override args = {
    framework: Args.string({ description: 'Id, its beginning or end, or name.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(FrameworkTeardown);
    this.refuseWatch();
    const master = await this.masterClient();
    const { findForTeardown, teardownView } = await import('../../cli/tasks/teardown.ts');
    const found = await findForTeardown(master, args.framework);
    await this.confirm(found.question);
    await master.teardown(found.framework.id);
    await this.print(teardownView(found));
  }
}
