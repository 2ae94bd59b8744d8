import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class AgentReactivate extends MctlCommand {
  static override summary = 'Offer a deactivated or drained agent again.';
  static override description = 'Refused while it is still being drained: mctl agent drain waits for the end of that.';
  static override examples = ['<%= config.bin %> <%= command.id %> S0'];
  static override args = {
    agent: Args.string({ description: 'Id, its beginning or end, or hostname.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(AgentReactivate);
    this.refuseWatch();
    const master = await this.masterClient();
    const [{ decisionView, reactivateAgent }, { findAgentToChange }] = await Promise.all([
      import('../../cli/agents/decisions.ts'),
      import('../../cli/agents/find.ts'),
    ]);
    const agent = await findAgentToChange(master, args.agent);
    await reactivateAgent(master, agent);
    await this.print(decisionView(agent, 'active'));
  }
}
