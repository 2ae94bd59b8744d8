import { MctlCommand } from '../../cli/base-command.ts';

export default class AgentList extends MctlCommand {
  static override summary = 'List the agents.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -o wide --watch',
  ];

  override async run(): Promise<void> {
    await this.parse(AgentList);
    const master = await this.masterClient();
    const [{ clusterPicture }, { agentListView }] = await Promise.all([
      import('../../cli/views/cluster-picture.ts'),
      import('../../cli/views/agents.ts'),
    ]);
    await this.show(async () => agentListView(await clusterPicture(master), Date.now()));
  }
}
