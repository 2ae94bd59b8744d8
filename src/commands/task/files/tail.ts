import { Args } from '@oclif/core';
import { integerFlag } from '../../../cli/amount-flags.ts';
import { MctlCommand } from '../../../cli/base-command.ts';
import { followFlag, taskArgument } from '../../../cli/tasks/task-argument.ts';

export default class TaskFilesTail extends MctlCommand {
  static override summary = "Print the end of a file of a task's sandbox.";
  static override examples = [
    '<%= config.bin %> <%= command.id %> web log/access.log',
    '<%= config.bin %> <%= command.id %> web log/access.log --follow -n 100',
  ];
  static override args = {
    task: taskArgument,
    path: Args.string({ description: 'File below the sandbox.', required: true }),
  };
  static override flags = {
    follow: followFlag,
    lines: integerFlag({ char: 'n', summary: 'How many lines.', min: 0, default: 10 }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(TaskFilesTail);
    const [{ taskLogs }, { join }] = await Promise.all([
      import('../../../cli/tasks/logs.ts'),
      import('../../../cli/tasks/files.ts'),
    ]);
    const { terminal } = this;
    await taskLogs({
      world: await this.world(),
      master: await this.masterClient(),
      given: args.task,
      timeoutMs: this.common.timeout,
      lines: flags.lines,
      follow: flags.follow || flags.watch,
      // Nothing outside the sandbox.
      files: [{ name: join('', args.path).slice(1), write: (bytes: Uint8Array) => terminal.raw(bytes) }],
    });
  }
}
