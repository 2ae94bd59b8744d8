// The slave object of /state, /state-summary and /slaves (mesos-api.md 8.2).

import { stringify, toJson } from '../../../../mesos/codec.ts';
import { type AgentInfo, DomainInfo, DrainInfo } from '../../../../mesos/generated/v1.ts';
import type { Resources } from '../../../../mesos/resources.ts';
import { seconds } from '../../../../mesos/time-info.ts';
import { attributesObject, flattenedText, reservedText } from '../../../serving/legacy-json/resources.ts';
import { remembering } from '../../../serving/remembering.ts';
import type { AgentMoment } from '../moment.ts';

/** The object's text without the closing brace: the endpoints add members of their own. */
export function agentTextOpen(agent: AgentMoment): string {
  const { totalResources: total, reregisteredTimeMs } = agent;
  return (
    `${identityText(agent.info)},"pid":${JSON.stringify(agent.pid)}` +
    `,"registered_time":${seconds(agent.registeredTimeMs)}` +
    (reregisteredTimeMs === undefined ? '' : `,"reregistered_time":${seconds(reregisteredTimeMs)}`) +
    `,"resources":${flattenedText(total)}` +
    `,"used_resources":${flattenedText(agent.used())}` +
    `,"offered_resources":${flattenedText(agent.offeredResources)}` +
    `,"reserved_resources":${reservedText(total)}` +
    `,"unreserved_resources":${flattenedText(unreserved(total))}` +
    `,"active":${agent.isActive},"deactivated":${agent.deactivation !== undefined}` +
    `,"version":${JSON.stringify(agent.version)},"capabilities":${capabilitiesText(agent.capabilities)}` +
    drainText(agent)
  );
}

/** An agent that is in the registry but has not come back since this master started. */
export function recoveredAgentObject(info: AgentInfo): Record<string, unknown> {
  return identity(info);
}

const unreserved = remembering((total: Resources) => total.unreserved());

/** The members that never change while an agent keeps its info, without the closing brace. */
const identityText = remembering((info: AgentInfo) => JSON.stringify(identity(info)).slice(0, -1));

function drainText({ deactivation, drainStartedMs }: AgentMoment): string {
  if (deactivation?.drain === undefined) return '';
  const started =
    drainStartedMs === undefined ? '' : `,"estimated_drain_start_time_seconds":${seconds(drainStartedMs)}`;
  return `,"drain_info":${stringify(DrainInfo, deactivation.drain)}${started}`;
}

const capabilitiesText = remembering((capabilities: AgentMoment['capabilities']) =>
  JSON.stringify(capabilities.map(({ type }) => type ?? 'UNKNOWN')),
);

function identity(info: AgentInfo): Record<string, unknown> {
  return {
    id: info.id?.value ?? '',
    hostname: info.hostname,
    port: info.port ?? 5051,
    attributes: attributesObject(info.attributes),
    ...(info.domain && { domain: toJson(DomainInfo, info.domain) }),
  };
}
