// What is free on every agent, as the master tells it: the background of "why does it not start" and "where would it go".
// Offers alone do not show agents that are full or that are offered to others.
import { ApiError, MasterClient } from '../../../client/operator.ts';
import type { Response_GetAgents_Agent } from '../../../mesos/generated/master.ts';
import { Resources } from '../../../mesos/resources.ts';
import type { MarathonCore } from '../core.ts';
import type { AgentOffer } from '../matching/why/cluster-picture.ts';
import { Refusal } from '../refusals.ts';

/** Active agents, with what no task holds; what is offered to somebody counts as free. Throws Refusal 503. */
export async function agentPicture(core: Pick<MarathonCore, 'world' | 'masters'>): Promise<readonly AgentOffer[]> {
  const master = new MasterClient({ net: core.world.net, addresses: core.masters });
  try {
    const { agents = [] } = await master.getAgents();
    return agents.filter(({ active, deactivated }) => active && deactivated !== true).map(picture);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const why = `The master does not tell what is free on its agents: ${error.message}`;
    throw new Refusal(503, why, {}, { cause: error });
  }
}

function picture({ agent_info, total_resources, allocated_resources }: Response_GetAgents_Agent): AgentOffer {
  const total = Resources.of(total_resources ?? agent_info.resources ?? []);
  const free = total.minus(Resources.of(allocated_resources ?? []).unallocated());
  const region = agent_info.domain?.fault_domain?.region.name;
  const zone = agent_info.domain?.fault_domain?.zone.name;
  return {
    agentId: agent_info.id?.value ?? '',
    hostname: agent_info.hostname,
    resources: free.toMessages(),
    attributes: agent_info.attributes ?? [],
    ...(region !== undefined && { region }),
    ...(zone !== undefined && { zone }),
  };
}
