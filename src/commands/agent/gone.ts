import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class AgentGone extends MctlCommand {
  static override summary = 'Take an agent out of the cluster for good.';
  static override description =
    'For machines that will never be back. Frameworks are told that its tasks are gone, those out of reach too, and an agent ' +
    'with this id is told to shut down if it ever comes back. This cannot be undone.';
  static override examples = ['<%= config.bin %> <%= command.id %> S0 --yes'];
  static override args = {
    agent: Args.string({ description: 'Id, its beginning or end, or hostname.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AgentGone);
    this.refuseWatch();
    const master = await this.masterClient();
    const [{ decisionView, markAgentGone }, { findAgentToChange, tasksWords }] = await Promise.all([
      import('../../cli/agents/decisions.ts'),
      import('../../cli/agents/find.ts'),
    ]);
    const agent = await findAgentToChange(master, args.agent);
    await this.confirm(`Take ${agent.called} out of the cluster for good, ${tasksWords(agent)}?`);
    await markAgentGone(master, agent);
    await this.print(decisionView(agent, 'gone'));
  }
}
