import { Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';
import { taskArgument } from '../../cli/tasks/task-argument.ts';

export default class TaskExec extends MctlCommand {
  static override summary = 'Run a command beside a running task, in its sandbox, as its user and within its limits.';
  static override description =
    'Exits with the exit code of the command (128 + n when a signal ended it). With -t every key goes there, Ctrl-C too, ' +
    'and it follows the size of the window. The command ends when this one does.';
  static override usage = 'task exec [FLAGS] TASK -- COMMAND [ARGUMENTS]';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -it web -- sh',
    '<%= config.bin %> <%= command.id %> web -- ls -l',
    '<%= config.bin %> <%= command.id %> -i db -- psql < dump.sql',
  ];
  static override strict = false;
  static override args = { task: taskArgument };
  static override flags = {
    interactive: Flags.boolean({ char: 'i', summary: 'Pass our stdin on.' }),
    tty: Flags.boolean({ char: 't', summary: 'Give it a terminal.' }),
    user: Flags.string({ summary: 'Run as this user instead.', helpValue: '<user>' }),
    env: Flags.string({
      char: 'e',
      summary: 'Environment variable; without a value, ours.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<k[=v]>',
    }),
  };

  override async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(TaskExec);
    this.refuseWatch();
    // Not `argv`: oclif sorts that by the first place of each word, and words repeat.
    const [, ...command] = raw.filter(({ type }) => type === 'arg').map(({ input }) => input);
    const [{ execInTask }, { processKeyboard }] = await Promise.all([
      import('../../cli/tasks/exec.ts'),
      import('../../cli/output/keyboard.ts'),
    ]);
    const env = [...(flags.env ?? [])];
    if (flags.tty && process.env.TERM !== undefined) env.unshift(`TERM=${process.env.TERM}`);
    process.exitCode = await execInTask(
      {
        world: await this.world(),
        master: await this.masterClient(),
        given: args.task,
        terminal: this.terminal,
        keyboard: processKeyboard(),
        timeoutMs: this.common.timeout,
      },
      { command, isInteractive: flags.interactive, isTerminal: flags.tty, user: flags.user, env },
    );
  }
}
