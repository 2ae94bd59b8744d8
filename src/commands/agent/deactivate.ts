import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class AgentDeactivate extends MctlCommand {
  static override summary = 'Offer nothing of an agent any more; its tasks go on.';
  static override description =
    'It stays deactivated, also after restarts of the agent and of the master, until mctl agent reactivate.';
  static override examples = ['<%= config.bin %> <%= command.id %> S0'];
  static override args = {
    agent: Args.string({ description: 'Id, its beginning or end, or hostname.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AgentDeactivate);
    this.refuseWatch();
    const master = await this.masterClient();
    const [{ decisionView, deactivateAgent }, { findAgentToChange }] = await Promise.all([
      import('../../cli/agents/decisions.ts'),
      import('../../cli/agents/find.ts'),
    ]);
    const agent = await findAgentToChange(master, args.agent);
    const state = await deactivateAgent(master, agent);
    await this.print(decisionView(agent, state, `mctl agent reactivate ${agent.id}`));
  }
}
