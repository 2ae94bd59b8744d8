import { Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class TaskList extends MctlCommand {
  static override summary = 'List tasks: those that run, or all that the master remembers.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all --state failed -o wide',
    '<%= config.bin %> <%= command.id %> --agent S0 -q',
  ];
  static override flags = {
    all: Flags.boolean({ char: 'a', summary: 'Those that ended too.' }),
    state: Flags.string({ summary: 'Only those in this state: running, failed, …', helpValue: '<state>' }),
    agent: Flags.string({ summary: 'Only those on this agent.', helpValue: '<id|hostname>' }),
    framework: Flags.string({ summary: 'Only those of this framework.', helpValue: '<id|name>' }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(TaskList);
    const master = await this.masterClient();
    const [{ clusterPicture }, { taskListView, taskState }, { findAgent, findFramework }] = await Promise.all([
      import('../../cli/views/cluster-picture.ts'),
      import('../../cli/views/tasks.ts'),
      import('../../cli/tasks/find.ts'),
    ]);
    await this.show(async () => {
      const picture = await clusterPicture(master);
      const filter = {
        all: flags.all,
        state: flags.state === undefined ? undefined : taskState(flags.state),
        agentId: flags.agent && findAgent(picture, flags.agent).id,
        frameworkId: flags.framework && findFramework(picture, flags.framework).id,
      };
      return taskListView(picture.tasks, filter, Date.now());
    });
  }
}
