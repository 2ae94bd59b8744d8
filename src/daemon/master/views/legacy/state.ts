// The bodies of /state, /state-summary, /slaves and /frameworks.
import { toJson } from '../../../../mesos/codec.ts';
import {
  DomainInfo,
  type MasterInfo,
  type Resource,
  Resource as ResourceType,
} from '../../../../mesos/generated/v1.ts';
import { toBothFormats } from '../../../../mesos/resources/reservation-format.ts';
import type { Resources } from '../../../../mesos/resources.ts';
import { seconds } from '../../../../mesos/time-info.ts';
import { JsonPieces } from '../../../serving/http/json-pieces.ts';
import { VERSION_INFO } from '../../../serving/process/version.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { MasterState } from '../../state/master-state.ts';
import { offeredTo, usedBy, usedOn } from '../totals.ts';
import { agentTextOpen, recoveredAgentObject } from './agent.ts';
import { frameworkTextOpen, writeCompletedFramework, writeFramework } from './framework.ts';
import { summarise, TaskSummary } from './summary.ts';

/** `leader` is undefined while nobody leads. */
export function stateBody(state: MasterState, leader: MasterInfo | undefined, expectedBytes = 0): Buffer {
  const pieces = new JsonPieces(expectedBytes);
  pieces.open(masterMembers(state, leader));
  pieces.member('slaves').list(state.agents.registered.values(), (agent) => pieces.raw(`${agentTextOpen(agent)}}`));
  writeRecoveredAgents(pieces, state);
  writeFrameworkLists(pieces, state, ',');
  return pieces.raw(',"orphan_tasks":[],"unregistered_frameworks":[]}').bytes();
}

/** The body of /frameworks as JSON bytes; with `frameworkId` that framework alone, empty lists when there is none. */
export function frameworksBody(state: MasterState, frameworkId: string | undefined): Buffer {
  const pieces = new JsonPieces();
  writeFrameworkLists(pieces, state, '{', frameworkId);
  return pieces.raw(',"unregistered_frameworks":[]}').bytes();
}

/** The body of /slaves as JSON bytes; with `agentId` that agent alone. */
export function slavesBody(state: MasterState, agentId: string | undefined): Buffer {
  const pieces = new JsonPieces();
  const agents = chosen(state.agents.registered, agentId);
  pieces.raw('{"slaves":').list(agents, (agent) => {
    pieces.raw(agentTextOpen(agent)).raw(`,${JSON.stringify(fullResources(agent)).slice(1)}`);
  });
  writeRecoveredAgents(pieces, state, agentId);
  return pieces.raw('}').bytes();
}

/** The body of /state-summary as JSON bytes: counts of tasks instead of tasks. */
export function stateSummaryBody(state: MasterState): Buffer {
  const summaries = summarise(state);
  const none = new TaskSummary();
  const pieces = new JsonPieces();
  const { cluster } = state.options;
  pieces.open({ hostname: state.info.hostname ?? '', ...(cluster !== undefined && { cluster }) });
  pieces.member('slaves').list(state.agents.registered.values(), (agent) => {
    const summary = summaries.agents.get(agent.agentId) ?? none;
    pieces.raw(`${agentTextOpen(agent)}${summary.members('framework_ids')}}`);
  });
  pieces.member('frameworks').list(state.frameworks.values(), (framework) => {
    const summary = summaries.frameworks.get(framework.frameworkId) ?? none;
    const used = usedBy(framework);
    pieces.raw(`${frameworkTextOpen(framework, used, offeredTo(framework))}${summary.members('slave_ids')}}`);
  });
  return pieces.raw('}').bytes();
}

function masterMembers(state: MasterState, leader: MasterInfo | undefined): Record<string, unknown> {
  const { info, options, agents } = state;
  let activated = 0;
  for (const agent of agents.registered.values()) if (agent.active && agent.connected) activated += 1;
  return {
    ...VERSION_INFO,
    start_time: seconds(state.startTimeMs),
    ...(state.electedTimeMs !== undefined && { elected_time: seconds(state.electedTimeMs) }),
    id: info.id,
    pid: info.pid,
    hostname: info.hostname,
    capabilities: (info.capabilities ?? []).map(({ type }) => type),
    activated_slaves: activated,
    deactivated_slaves: agents.registered.size - activated,
    unreachable_slaves: agents.unreachable.size,
    ...(info.domain && { domain: toJson(DomainInfo, info.domain) }),
    ...(leader && { leader: leader.pid, leader_info: leaderObject(leader) }),
    ...(options.cluster !== undefined && { cluster: options.cluster }),
    ...(options.logDir !== undefined && { log_dir: options.logDir }),
    ...(options.externalLogFile !== undefined && { external_log_file: options.externalLogFile }),
    flags: options.flagTexts,
  };
}

function leaderObject(leader: MasterInfo): Record<string, unknown> {
  return {
    id: leader.id,
    pid: leader.pid,
    port: leader.port,
    hostname: leader.hostname,
    ...(leader.domain && { domain: toJson(DomainInfo, leader.domain) }),
  };
}

function writeRecoveredAgents(pieces: JsonPieces, state: MasterState, agentId?: string): void {
  pieces
    .member('recovered_slaves')
    .list(chosen(state.agents.recovered, agentId), (info) => pieces.value(recoveredAgentObject(info)));
}

/** `separator` comes before the first name: `{` or `,`. */
function writeFrameworkLists(pieces: JsonPieces, state: MasterState, separator: string, frameworkId?: string): void {
  pieces
    .raw(`${separator}"frameworks":`)
    .list(chosen(state.frameworks, frameworkId), (framework) => writeFramework(pieces, framework));
  const completed = [...state.completedFrameworks.values()].filter(
    (framework) => frameworkId === undefined || framework.frameworkId === frameworkId,
  );
  pieces.member('completed_frameworks').list(completed, (framework) => writeCompletedFramework(pieces, framework));
}

/** Everything, or the one that was asked for if it is there. */
function chosen<T>(all: ReadonlyMap<string, T>, id: string | undefined): Iterable<T> {
  if (id === undefined) return all.values();
  const one = all.get(id);
  return one === undefined ? [] : [one];
}

/** The members that only /slaves has: resources in full, in both reservation formats. */
function fullResources(agent: MasterAgent): Record<string, unknown> {
  const reserved: Record<string, unknown> = {};
  for (const [role, resources] of agent.totalResources.reservations()) reserved[role] = fullList(resources);
  return {
    reserved_resources_full: reserved,
    unreserved_resources_full: fullList(agent.totalResources.unreserved()),
    used_resources_full: fullList(usedOn(agent)),
    offered_resources_full: fullList(agent.offeredResources),
  };
}

function fullList(resources: Resources): readonly unknown[] {
  return resources.toMessages().map((message: Resource) => toJson(ResourceType, toBothFormats(message)));
}
