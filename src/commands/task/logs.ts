import { Flags } from '@oclif/core';
import { integerFlag } from '../../cli/amount-flags.ts';
import { MctlCommand } from '../../cli/base-command.ts';
import { followFlag, taskArgument } from '../../cli/tasks/task-argument.ts';

export default class TaskLogs extends MctlCommand {
  static override summary = "Print a task's stdout and stderr.";
  static override description = 'Its stdout comes on stdout and its stderr on stderr, byte for byte.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> sleep',
    '<%= config.bin %> <%= command.id %> web --follow -n 20',
    '<%= config.bin %> <%= command.id %> web --stderr',
  ];
  static override args = { task: taskArgument };
  static override flags = {
    follow: followFlag,
    lines: integerFlag({ char: 'n', summary: 'Only the last lines.', min: 0 }),
    stdout: Flags.boolean({ summary: 'Only stdout.', exclusive: ['stderr'] }),
    stderr: Flags.boolean({ summary: 'Only stderr.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(TaskLogs);
    const { taskLogs } = await import('../../cli/tasks/logs.ts');
    const { terminal } = this;
    await taskLogs({
      world: await this.world(),
      master: await this.masterClient(),
      given: args.task,
      timeoutMs: this.common.timeout,
      lines: flags.lines,
      follow: flags.follow || flags.watch,
      files: [
        ...(flags.stderr ? [] : [{ name: 'stdout', write: (bytes: Uint8Array) => terminal.raw(bytes) }]),
        ...(flags.stdout ? [] : [{ name: 'stderr', write: (bytes: Uint8Array) => terminal.rawError(bytes) }]),
      ],
    });
  }
}
