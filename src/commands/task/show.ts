import { MctlCommand } from '../../cli/base-command.ts';
import { taskArgument } from '../../cli/tasks/task-argument.ts';

export default class TaskShow extends MctlCommand {
  static override summary = 'Show one task and its history.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> sleep',
    '<%= config.bin %> <%= command.id %> sleep.3f --json',
  ];
  static override args = { task: taskArgument };

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
