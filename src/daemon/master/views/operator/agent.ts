// An agent as the operator API tells it: GetAgents.Agent (mesos-api.md 6.1).
import { encode, stringify } from '../../../../mesos/codec.ts';
import { Response_GetAgents_Agent } from '../../../../mesos/generated/master.ts';
import { AgentInfo, type Resource } from '../../../../mesos/generated/v1.ts';
import { toBothFormats } from '../../../../mesos/resources/reservation-format.ts';
import type { Resources } from '../../../../mesos/resources.ts';
import type { Encoded } from '../../../serving/calls/document.ts';
import type { MasterAgent } from '../../state/agent.ts';
import { isActive, usedOn } from '../legacy/agent.ts';
import { timeInfo } from '../time-info.ts';

/** The message; resources carry both reservation formats. */
export function agentMessage(agent: MasterAgent): Response_GetAgents_Agent {
  return {
    agent_info: agent.info,
    active: isActive(agent),
    deactivated: agent.deactivated,
    version: agent.version,
    pid: agent.pid,
    registered_time: timeInfo(agent.registeredTimeMs),
    ...(agent.reregisteredTimeMs !== undefined && { reregistered_time: timeInfo(agent.reregisteredTimeMs) }),
    total_resources: inBothFormats(agent.totalResources),
    allocated_resources: inBothFormats(usedOn(agent)),
    offered_resources: inBothFormats(agent.offeredResources),
    capabilities: [...agent.capabilities],
  };
}

export function encodedAgent(agent: MasterAgent): Encoded {
  return {
    json: () => {
      const message = agentMessage(agent);
      const text = stringify(Response_GetAgents_Agent, message);
      const info = stringify(AgentInfo, agent.info);
      return `{"agent_info":${withCheckpoint(info)}${text.slice('{"agent_info":'.length + info.length)}`;
    },
    protobuf: () => encode(Response_GetAgents_Agent, agentMessage(agent)),
  };
}

export function encodedRecoveredAgent(info: AgentInfo): Encoded {
  return {
    json: () => withCheckpoint(stringify(AgentInfo, info)),
    protobuf: () => encode(AgentInfo, info),
  };
}

/** In the hand-written lists the original shows a field that AgentInfo has lost meanwhile. */
function withCheckpoint(agentInfo: string): string {
  return `${agentInfo.slice(0, -1)},"checkpoint":true}`;
}

const bothForms = new WeakMap<Resources, Resource[]>();

/** Messages in both reservation formats, as operators get them. */
export function inBothFormats(resources: Resources): Resource[] {
  const known = bothForms.get(resources);
  if (known !== undefined) return known;
  const messages = resources.toMessages().map(toBothFormats);
  bothForms.set(resources, messages);
  return messages;
}
