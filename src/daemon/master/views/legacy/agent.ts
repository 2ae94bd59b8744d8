// The slave object of /state, /state-summary and /slaves (mesos-api.md 8.2).
import { toJson } from '../../../../mesos/codec.ts';
import { type AgentInfo, DomainInfo } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { attributesObject, flattenedText, reservedText } from '../../../serving/legacy-json/resources.ts';
import type { MasterAgent } from '../../state/agent.ts';
import { seconds } from '../time-info.ts';

/** The object's text without the closing brace: the endpoints add members of their own. */
export function agentTextOpen(agent: MasterAgent): string {
  const head = {
    ...identity(agent.info),
    pid: agent.pid,
    registered_time: seconds(agent.registeredTimeMs),
    ...(agent.reregisteredTimeMs !== undefined && { reregistered_time: seconds(agent.reregisteredTimeMs) }),
  };
  const total = agent.totalResources;
  const tail = {
    active: isActive(agent),
    deactivated: agent.deactivated,
    version: agent.version,
    capabilities: agent.capabilities.map(({ type }) => type ?? 'UNKNOWN'),
  };
  return (
    `${JSON.stringify(head).slice(0, -1)}` +
    `,"resources":${flattenedText(total)}` +
    `,"used_resources":${flattenedText(usedOn(agent))}` +
    `,"offered_resources":${flattenedText(agent.offeredResources)}` +
    `,"reserved_resources":${reservedText(total)}` +
    `,"unreserved_resources":${flattenedText(unreserved(total))}` +
    `,${JSON.stringify(tail).slice(1, -1)}`
  );
}

/** An agent that is in the registry but has not come back since this master started. */
export function recoveredAgentObject(info: AgentInfo): Record<string, unknown> {
  return identity(info);
}

/** Sum of what all frameworks use on it. */
export function usedOn(agent: MasterAgent): Resources {
  const { usedResources } = agent;
  if (usedResources.size === 0) return Resources.EMPTY;
  const [first] = usedResources.values();
  return usedResources.size === 1 && first !== undefined ? first : Resources.sum(usedResources.values());
}

/** What the endpoints call active: a disconnected agent is not. */
export function isActive(agent: MasterAgent): boolean {
  return agent.active && agent.connected;
}

const unreservedParts = new WeakMap<Resources, Resources>();

function unreserved(total: Resources): Resources {
  const known = unreservedParts.get(total);
  if (known !== undefined) return known;
  const part = total.unreserved();
  unreservedParts.set(total, part);
  return part;
}

function identity(info: AgentInfo): Record<string, unknown> {
  return {
    id: info.id?.value ?? '',
    hostname: info.hostname,
    port: info.port ?? 5051,
    attributes: attributesObject(info.attributes),
    ...(info.domain && { domain: toJson(DomainInfo, info.domain) }),
  };
}
