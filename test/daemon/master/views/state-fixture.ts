// A master's state made from what a real master told of itself in GET_STATE, so that every other view of the same moment can
// be compared with what that master answered.
import { parseMasterOptions } from '../../../../src/daemon/master/flags.ts';
import type { MasterAgent } from '../../../../src/daemon/master/state/agent.ts';
import { Counters } from '../../../../src/daemon/master/state/counters.ts';
import type { MasterFramework } from '../../../../src/daemon/master/state/framework.ts';
import { MasterState } from '../../../../src/daemon/master/state/master-state.ts';
import type { MasterOffer } from '../../../../src/daemon/master/state/offer.ts';
import { holdsResources, MasterTask } from '../../../../src/daemon/master/state/task.ts';
import { BoundedTaskMap, TaskMap } from '../../../../src/daemon/master/state/task-maps.ts';
import { Usage } from '../../../../src/daemon/master/state/usage.ts';
import { fromJson } from '../../../../src/mesos/codec.ts';
import {
  type Response_GetAgents_Agent,
  type Response_GetFrameworks_Framework,
  Response_GetState,
} from '../../../../src/mesos/generated/master.ts';
import type { MasterInfo, Task, TimeInfo } from '../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../src/mesos/resources.ts';

export const MASTER_INFO: MasterInfo = {
  id: 'm-1',
  ip: 16777343,
  port: 5050,
  pid: 'master@127.0.0.1:5050',
  hostname: 'localhost',
  version: '1.12.0',
  address: { hostname: 'localhost', ip: '127.0.0.1', port: 5050 },
  capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }, { type: 'QUOTA_V2' }],
};

export function emptyState(flags: readonly string[] = []): MasterState {
  const options = parseMasterOptions({ args: ['--registry=in_memory', ...flags] });
  const state = new MasterState(MASTER_INFO, options, 1_700_000_000_000);
  state.electedTimeMs = 1_700_000_000_500;
  state.recovered = true;
  return state;
}

/** `getState` is the member of that name of a recorded GET_STATE response. */
export function stateFrom(getState: unknown): MasterState {
  const state = emptyState();
  const told = fromJson(Response_GetState, getState);
  for (const agent of told.get_agents?.agents ?? []) addAgent(state, agent);
  for (const framework of told.get_frameworks?.frameworks ?? []) addFramework(state, framework);
  for (const framework of told.get_frameworks?.completed_frameworks ?? []) addCompleted(state, framework, told);
  for (const task of told.get_tasks?.tasks ?? []) addTask(state, task);
  for (const task of told.get_tasks?.unreachable_tasks ?? []) {
    state.frameworks.get(task.framework_id.value)?.unreachableTasks.set(task.task_id.value, masterTask(task));
  }
  for (const task of told.get_tasks?.completed_tasks ?? []) {
    state.frameworks.get(task.framework_id.value)?.completedTasks.push(masterTask(task));
  }
  return state;
}

export function addAgent(state: MasterState, told: Response_GetAgents_Agent): MasterAgent {
  const agentId = told.agent_info.id?.value ?? '';
  const agent: MasterAgent = {
    agentId,
    info: told.agent_info,
    pid: told.pid ?? '',
    machine: '',
    version: told.version,
    capabilities: told.capabilities ?? [],
    connection: undefined,
    connected: told.active,
    active: told.active,
    deactivation: told.deactivated ? { ...(told.drain_info && { drain: told.drain_info }) } : undefined,
    drainStartedMs: milliseconds(told.estimated_drain_start_time),
    registeredTimeMs: milliseconds(told.registered_time) ?? 0,
    reregisteredTimeMs: milliseconds(told.reregistered_time),
    totalResources: Resources.of(told.total_resources),
    tasks: new Map(),
    executors: new Map(),
    offers: new Set(),
    inverseOffers: new Set(),
    usedResources: new Usage(),
    offeredResources: Resources.EMPTY,
    killedTasks: new Map(),
  } as unknown as MasterAgent;
  state.agents.registered.set(agentId, agent);
  return agent;
}

export function addFramework(state: MasterState, told: Response_GetFrameworks_Framework): MasterFramework {
  const frameworkId = told.framework_info.id?.value ?? '';
  const info = told.framework_info;
  const capabilities = new Set((info.capabilities ?? []).map(({ type }) => String(type)));
  const registeredTimeMs = milliseconds(told.registered_time) ?? 0;
  const framework = {
    frameworkId,
    info,
    capabilities,
    state: told.recovered ? 'RECOVERED' : told.connected ? 'CONNECTED' : 'DISCONNECTED',
    active: told.active,
    roles: new Set(info.roles ?? [info.role ?? '*']),
    suppressedRoles: new Set<string>(),
    offerConstraints: told.offer_constraints,
    connection: undefined,
    registeredTimeMs,
    reregisteredTimeMs: milliseconds(told.reregistered_time) ?? registeredTimeMs,
    failoverTimer: undefined,
    tasks: new TaskMap(),
    unreachableTasks: new BoundedTaskMap(1000, state.unreachableTasks),
    completedTasks: [],
    executors: new Map(),
    offers: new Set(),
    inverseOffers: new Set(),
    usedResources: new Map(),
    trackedRoles: new Set(),
    counters: new Counters(),
  } as unknown as MasterFramework;
  state.frameworks.set(frameworkId, framework);
  for (const role of framework.roles) state.roles.track(role, frameworkId);
  for (const offer of told.offers ?? []) {
    const agent = state.agents.registered.get(offer.agent_id.value);
    const made: MasterOffer = {
      offerId: offer.id.value,
      frameworkId,
      agentId: offer.agent_id.value,
      role: offer.allocation_info?.role ?? '*',
      resources: Resources.of(offer.resources),
      sentMs: 0,
      timer: undefined,
    };
    framework.offers.add(made);
    state.offers.set(made.offerId, made);
    if (agent === undefined) continue;
    agent.offers.add(made);
    agent.offeredResources = agent.offeredResources.plus(made.resources);
  }
  return framework;
}

export function addTask(state: MasterState, message: Task): MasterTask {
  const task = masterTask(message);
  const framework = state.frameworks.get(task.frameworkId);
  const agent = state.agents.registered.get(task.agentId);
  framework?.tasks.set(task.taskId, task);
  if (!holdsResources(task)) return task;
  for (const [used, key] of [
    [framework?.usedResources, task.agentId],
    [agent?.usedResources, task.frameworkId],
  ] as const) {
    used?.set(key, (used.get(key) ?? Resources.EMPTY).plus(task.resources));
  }
  return task;
}

function addCompleted(state: MasterState, told: Response_GetFrameworks_Framework, all: Response_GetState): void {
  const frameworkId = told.framework_info.id?.value ?? '';
  const registeredTimeMs = milliseconds(told.registered_time) ?? 0;
  const ofThis = (tasks: readonly Task[] | undefined) =>
    (tasks ?? []).filter((task) => task.framework_id.value === frameworkId).map(masterTask);
  state.completedFrameworks.set(frameworkId, {
    frameworkId,
    info: told.framework_info,
    capabilities: new Set((told.framework_info.capabilities ?? []).map(({ type }) => String(type))),
    offerConstraints: told.offer_constraints,
    registeredTimeMs,
    reregisteredTimeMs: milliseconds(told.reregistered_time) ?? registeredTimeMs,
    unregisteredTimeMs: milliseconds(told.unregistered_time) ?? 0,
    completedTasks: ofThis(all.get_tasks?.completed_tasks),
  });
}

function masterTask(message: Task): MasterTask {
  return new MasterTask(message, Resources.of(message.resources));
}

function milliseconds(time: TimeInfo | undefined): number | undefined {
  return time && time.nanoseconds / 1e6;
}
