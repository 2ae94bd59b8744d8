// The registered agents by id, and the sums of what they have and of what is used of them: metrics and quotas want those, and
// look at no agent for them.
import { Resources } from '../../../mesos/resources.ts';
import type { MasterAgent } from './agent.ts';
import { ScalarSums } from './scalar-sums.ts';

/** Connected, or disconnected for less than the re-registration timeout. */
export class RegisteredAgents extends Map<string, MasterAgent> {
  /** What they have. */
  readonly total = new ScalarSums();
  /** What is used of them, by allocation role too. */
  readonly used = new ScalarSums();

  override set(agentId: string, agent: MasterAgent): this {
    this.#uncount(agentId);
    this.total.replace(Resources.EMPTY, agent.totalResources);
    agent.usedResources.enter(this.used);
    return super.set(agentId, agent);
  }

  override delete(agentId: string): boolean {
    this.#uncount(agentId);
    return super.delete(agentId);
  }

  override clear(): void {
    for (const agentId of [...this.keys()]) this.delete(agentId);
  }

  /** What an agent has is something else from now on. */
  changeTotal(agent: MasterAgent, total: Resources): void {
    if (this.get(agent.agentId) === agent) this.total.replace(agent.totalResources, total);
    const changed: { totalResources: Resources } = agent;
    changed.totalResources = total;
  }

  #uncount(agentId: string): void {
    const agent = this.get(agentId);
    if (agent === undefined) return;
    this.total.replace(agent.totalResources, Resources.EMPTY);
    agent.usedResources.leave();
  }
}
