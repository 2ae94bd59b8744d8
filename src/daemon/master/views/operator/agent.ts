// An agent as the operator API tells it: GetAgents.Agent (mesos-api.md 6.1).

import { encode, stringify } from '../../../../mesos/codec.ts';
import { Response_GetAgents_Agent } from '../../../../mesos/generated/master.ts';
import { AgentInfo, type Resource } from '../../../../mesos/generated/v1.ts';
import { toBothFormats } from '../../../../mesos/resources/reservation-format.ts';
import type { Resources } from '../../../../mesos/resources.ts';
import { timeInfo } from '../../../../mesos/time-info.ts';
import type { Encoded } from '../../../serving/calls/document.ts';
import { remembering } from '../../../serving/remembering.ts';
import type { AgentMoment } from '../moment.ts';

/** The message; resources carry both reservation formats. */
export function agentMessage(agent: AgentMoment): Response_GetAgents_Agent {
  return {
    agent_info: withoutCheckpoint(agent.info),
    active: agent.isActive,
    deactivated: agent.deactivation !== undefined,
    version: agent.version,
    pid: agent.pid,
    registered_time: timeInfo(agent.registeredTimeMs),
    ...(agent.reregisteredTimeMs !== undefined && { reregistered_time: timeInfo(agent.reregisteredTimeMs) }),
    total_resources: inBothFormats(agent.totalResources),
    allocated_resources: inBothFormats(agent.used()),
    offered_resources: inBothFormats(agent.offeredResources),
    capabilities: [...agent.capabilities],
    ...(agent.deactivation?.drain !== undefined && { drain_info: agent.deactivation.drain }),
    ...(agent.drainStartedMs !== undefined && { estimated_drain_start_time: timeInfo(agent.drainStartedMs) }),
  };
}

/**
 * Encoded when asked for. The JSON says `checkpoint: true`, as the original's does in these lists; protobuf does not.
 */
export function encodedAgent(agent: AgentMoment): Encoded {
  return {
    json: () => {
      const message = agentMessage(agent);
      return stringify(Response_GetAgents_Agent, {
        ...message,
        agent_info: { ...message.agent_info, checkpoint: true },
      });
    },
    protobuf: () => encode(Response_GetAgents_Agent, agentMessage(agent)),
  };
}

/** An agent from the registry that has not come back yet. */
export function encodedRecoveredAgent(info: AgentInfo): Encoded {
  return {
    json: () => stringify(AgentInfo, { ...info, checkpoint: true }),
    protobuf: () => encode(AgentInfo, info),
  };
}

/** `checkpoint` is shown in the lists of the calls, in JSON, and nowhere else. */
function withoutCheckpoint(info: AgentInfo): AgentInfo {
  if (info.checkpoint === undefined) return info;
  const { checkpoint: _, ...rest } = info;
  return rest;
}

/** Messages in both reservation formats, as operators get them. */
export const inBothFormats = remembering((resources: Resources): Resource[] =>
  resources.toMessages().map(toBothFormats),
);
