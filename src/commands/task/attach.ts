import { Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';
import { taskArgument } from '../../cli/tasks/task-argument.ts';

export default class TaskAttach extends MctlCommand {
  static override summary = "Sit down at a running task's own terminal.";
  static override description =
    'For tasks that were launched with one (container.tty_info). Every key goes there, Ctrl-C too; Ctrl-P Ctrl-Q leaves ' +
    'and lets the task run on, and so does the end of our stdin. Several may look on, one may type.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> console',
    '<%= config.bin %> <%= command.id %> console --no-stdin',
  ];
  static override args = { task: taskArgument };
  static override flags = { 'no-stdin': Flags.boolean({ summary: 'Only look on.' }) };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(TaskAttach);
    this.refuseWatch();
    const [{ attachToTask }, { processKeyboard }] = await Promise.all([
      import('../../cli/tasks/exec.ts'),
      import('../../cli/output/keyboard.ts'),
    ]);
    const end = await attachToTask(
      {
        world: await this.world(),
        master: await this.masterClient(),
        given: args.task,
        terminal: this.terminal,
        keyboard: processKeyboard(),
        timeoutMs: this.common.timeout,
      },
      !flags['no-stdin'],
    );
    this.say(end.kind === 'left' ? `Left; ${args.task} runs on.` : `${args.task} has ended.`);
  }
}
