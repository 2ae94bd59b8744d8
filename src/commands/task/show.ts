import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class TaskShow extends MctlCommand {
  static override summary = 'Show one task and its history.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> sleep',
    '<%= config.bin %> <%= command.id %> sleep.3f --json',
  ];
  static override args = { task: Args.string({ description: 'Id, its beginning, or name.', required: true }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(TaskShow);
    const master = await this.masterClient();
    const [{ findTask }, { taskView }] = await Promise.all([
      import('../../cli/tasks/find.ts'),
      import('../../cli/views/tasks.ts'),
    ]);
    await this.show(async () => taskView((await findTask(master, args.task)).task));
  }
}
