// The bodies of /state, /state-summary, /slaves and /frameworks.
import { toJson } from '../../../../mesos/codec.ts';
import {
  type AgentInfo,
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
import type { Sliced } from '../../../serving/slices/sliced.ts';
import type { CompletedFramework } from '../../state/framework.ts';
import type { MasterState } from '../../state/master-state.ts';
import { type AgentMoment, agentsNow, frameworkNow, tasksNow } from '../moment.ts';
import { agentTextOpen, recoveredAgentObject } from './agent.ts';
import {
  frameworkTextOpen,
  type WholeFramework,
  wholeFrameworkNow,
  writeCompletedFramework,
  writeFramework,
} from './framework.ts';
import { summarise, TaskSummary } from './summary.ts';

/** `leader` is undefined while nobody leads. */
export function* stateBody(state: MasterState, leader: MasterInfo | undefined, expectedBytes = 0): Sliced<Uint8Array> {
  const agents = agentsNow(state.agents.registered.values());
  const members = masterMembers(state, leader, agents);
  const recovered = [...state.agents.recovered.values()];
  const frameworks = frameworkListsNow(state);
  yield;
  const pieces = new JsonPieces(expectedBytes);
  pieces.open(members);
  yield* pieces.member('slaves').slicedList(agents, (agent) => pieces.raw(`${agentTextOpen(agent)}}`));
  yield* writeRecoveredAgents(pieces, recovered);
  yield* writeFrameworkLists(pieces, frameworks, ',');
  return yield* pieces.raw(',"orphan_tasks":[],"unregistered_frameworks":[]}').slicedBytes();
}

/** The body of /frameworks as JSON bytes; with `frameworkId` that framework alone, empty lists when there is none. */
export function* frameworksBody(
  state: MasterState,
  frameworkId: string | undefined,
  expectedBytes = 0,
): Sliced<Uint8Array> {
  const frameworks = frameworkListsNow(state, frameworkId);
  yield;
  const pieces = new JsonPieces(expectedBytes);
  yield* writeFrameworkLists(pieces, frameworks, '{');
  return yield* pieces.raw(',"unregistered_frameworks":[]}').slicedBytes();
}

/** The body of /slaves as JSON bytes; with `agentId` that agent alone. */
export function* slavesBody(state: MasterState, agentId: string | undefined, expectedBytes = 0): Sliced<Uint8Array> {
  const agents = agentsNow(chosen(state.agents.registered, agentId));
  const recovered = [...chosen(state.agents.recovered, agentId)];
  yield;
  const pieces = new JsonPieces(expectedBytes);
  yield* pieces.raw('{"slaves":').slicedList(agents, (agent) => {
    pieces.raw(agentTextOpen(agent)).raw(`,${JSON.stringify(fullResources(agent)).slice(1)}`);
  });
  yield* writeRecoveredAgents(pieces, recovered);
  return yield* pieces.raw('}').slicedBytes();
}

/** The body of /state-summary as JSON bytes: counts of tasks instead of tasks. */
export function* stateSummaryBody(state: MasterState, expectedBytes = 0): Sliced<Uint8Array> {
  const agents = agentsNow(state.agents.registered.values());
  const frameworks = Array.from(state.frameworks.values(), frameworkNow);
  const tasks = Array.from(state.frameworks.values(), tasksNow);
  yield;
  const summaries = yield* summarise(tasks);
  const none = new TaskSummary();
  const pieces = new JsonPieces(expectedBytes);
  const { cluster } = state.options;
  pieces.open({ hostname: state.info.hostname ?? '', ...(cluster !== undefined && { cluster }) });
  yield* pieces.member('slaves').slicedList(agents, (agent) => {
    const summary = summaries.agents.get(agent.agentId) ?? none;
    pieces.raw(`${agentTextOpen(agent)}${summary.members('framework_ids')}}`);
  });
  yield* pieces.member('frameworks').slicedList(frameworks, (framework) => {
    const summary = summaries.frameworks.get(framework.frameworkId) ?? none;
    pieces.raw(`${frameworkTextOpen(framework)}${summary.members('slave_ids')}}`);
  });
  return yield* pieces.raw('}').slicedBytes();
}

function masterMembers(
  state: MasterState,
  leader: MasterInfo | undefined,
  registered: readonly AgentMoment[],
): Record<string, unknown> {
  const { info, options, agents } = state;
  const activated = registered.filter(({ isActive }) => isActive).length;
  return {
    ...VERSION_INFO,
    start_time: seconds(state.startTimeMs),
    ...(state.electedTimeMs !== undefined && { elected_time: seconds(state.electedTimeMs) }),
    id: info.id,
    pid: info.pid,
    hostname: info.hostname,
    capabilities: (info.capabilities ?? []).map(({ type }) => type),
    activated_slaves: activated,
    deactivated_slaves: registered.length - activated,
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

function writeRecoveredAgents(pieces: JsonPieces, infos: readonly AgentInfo[]): Sliced<void> {
  return pieces.member('recovered_slaves').slicedList(infos, (info) => pieces.value(recoveredAgentObject(info)));
}

interface FrameworkLists {
  readonly live: readonly WholeFramework[];
  readonly completed: readonly CompletedFramework[];
}

function frameworkListsNow(state: MasterState, frameworkId?: string): FrameworkLists {
  return {
    live: Array.from(chosen(state.frameworks, frameworkId), wholeFrameworkNow),
    completed: [...state.completedFrameworks.values()].filter(
      (framework) => frameworkId === undefined || framework.frameworkId === frameworkId,
    ),
  };
}

/** `separator` comes before the first name: `{` or `,`. */
function* writeFrameworkLists(pieces: JsonPieces, lists: FrameworkLists, separator: string): Sliced<void> {
  pieces.raw(`${separator}"frameworks":`);
  yield* writeFrameworks(pieces, lists.live, (framework) => writeFramework(pieces, framework));
  pieces.member('completed_frameworks');
  yield* writeFrameworks(pieces, lists.completed, (framework) => writeCompletedFramework(pieces, framework));
}

function* writeFrameworks<T>(
  pieces: JsonPieces,
  frameworks: readonly T[],
  write: (framework: T) => Sliced<void>,
): Sliced<void> {
  for (const [index, framework] of frameworks.entries()) {
    pieces.raw(index === 0 ? '[' : ',');
    yield* write(framework);
  }
  pieces.raw(frameworks.length === 0 ? '[]' : ']');
}

/** Everything, or the one that was asked for if it is there. */
function chosen<T>(all: ReadonlyMap<string, T>, id: string | undefined): Iterable<T> {
  if (id === undefined) return all.values();
  const one = all.get(id);
  return one === undefined ? [] : [one];
}

/** The members that only /slaves has: resources in full, in both reservation formats. */
function fullResources(agent: AgentMoment): Record<string, unknown> {
  const reserved: Record<string, unknown> = {};
  for (const [role, resources] of agent.totalResources.reservations()) reserved[role] = fullList(resources);
  return {
    reserved_resources_full: reserved,
    unreserved_resources_full: fullList(agent.totalResources.unreserved()),
    used_resources_full: fullList(agent.used()),
    offered_resources_full: fullList(agent.offeredResources),
  };
}

function fullList(resources: Resources): readonly unknown[] {
  return resources.toMessages().map((message: Resource) => toJson(ResourceType, toBothFormats(message)));
}
