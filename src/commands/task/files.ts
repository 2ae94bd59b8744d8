import { Args, Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';
import { taskArgument } from '../../cli/tasks/task-argument.ts';

export default class TaskFiles extends MctlCommand {
  static override summary = "List a task's sandbox, or print one of its files.";
  static override examples = [
    '<%= config.bin %> <%= command.id %> sleep',
    '<%= config.bin %> <%= command.id %> sleep some/directory -o wide',
    '<%= config.bin %> <%= command.id %> sleep --cat result.bin > result.bin',
  ];
  static override args = {
    task: taskArgument,
    path: Args.string({ description: 'Directory below the sandbox.' }),
  };
  static override flags = {
    cat: Flags.string({ summary: 'Print this file instead.', helpValue: '<path>', exclusive: ['watch'] }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(TaskFiles);
    const [{ net }, master, { taskFile, taskFilesView }] = await Promise.all([
      this.world(),
      this.masterClient(),
      import('../../cli/tasks/files.ts'),
    ]);
    const asked = { net, master, given: args.task, timeoutMs: this.common.timeout };
    if (flags.cat === undefined) return this.show(() => taskFilesView(asked, args.path ?? ''));
    await this.terminal.raw(await taskFile(asked, flags.cat));
  }
}
