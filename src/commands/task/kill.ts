import { Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';
import { taskArgument } from '../../cli/tasks/task-argument.ts';

export default class TaskKill extends MctlCommand {
  static override summary = 'Kill a task and wait until it has ended.';
  static override description = 'Its framework sees it end and may start another in its place.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> sleep',
    '<%= config.bin %> <%= command.id %> sleep.3f --detach',
  ];
  static override args = { task: taskArgument };
  static override flags = { detach: Flags.boolean({ char: 'd', summary: 'Do not wait.' }) };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(TaskKill);
    this.refuseWatch();
    const [{ killTask }, { taskView }, { clock }] = await Promise.all([
      import('../../cli/tasks/kill.ts'),
      import('../../cli/views/tasks.ts'),
      this.world(),
    ]);
    const task = await killTask({
      master: await this.masterClient(),
      clock,
      given: args.task,
      detach: flags.detach,
      timeoutMs: flags.timeout ?? 60_000,
      progress: (text) => this.progress(text),
    });
    await this.print(taskView(task));
  }
}
