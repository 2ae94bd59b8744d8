import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class AgentShow extends MctlCommand {
  static override summary = 'Show one agent: resources, attributes, tasks.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> S0',
    '<%= config.bin %> <%= command.id %> 127.0.0.2 --json',
  ];
  static override args = {
    agent: Args.string({ description: 'Id, its beginning or end, or hostname.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AgentShow);
    const master = await this.masterClient();
    const [{ clusterPicture }, { agentView }, { findAgent }] = await Promise.all([
      import('../../cli/views/cluster-picture.ts'),
      import('../../cli/views/agents.ts'),
      import('../../cli/tasks/find.ts'),
    ]);
    await this.show(async () => {
      const picture = await clusterPicture(master);
      return agentView(findAgent(picture, args.agent), picture, Date.now());
    });
  }
}
