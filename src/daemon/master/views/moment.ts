// The state as it is at a moment, for answers that are put together while it goes on changing. Messages and resources are
// never changed in place, so it is enough to keep which ones they were. Taking it costs little and is done in one turn;
// everything that is made of it may be done later.
import type { ExecutorInfo, Task, Unavailability } from '../../../mesos/generated/v1.ts';
import type { Resources } from '../../../mesos/resources.ts';
import { unavailabilityOf } from '../maintenance/unavailability.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { CompletedFramework, MasterFramework } from '../state/framework.ts';
import type { MasterState } from '../state/master-state.ts';
import type { MasterOffer } from '../state/offer.ts';
import type { MasterTask } from '../state/task.ts';
import { offeredTo, usedBy, usedOn } from './totals.ts';

/** What is shown of an agent. */
export interface AgentMoment
  extends Pick<
    MasterAgent,
    | 'agentId'
    | 'info'
    | 'pid'
    | 'version'
    | 'capabilities'
    | 'deactivation'
    | 'drainStartedMs'
    | 'registeredTimeMs'
    | 'reregisteredTimeMs'
    | 'totalResources'
    | 'offeredResources'
  > {
  /** What the endpoints call active: a disconnected agent is not. */
  readonly isActive: boolean;
  /** Sum of what all frameworks use there. */
  readonly used: () => Resources;
}

/** Of each; one turn has to do for ten thousand, and Array.from with a function takes several times as long. */
export function agentsNow(agents: Iterable<MasterAgent>): AgentMoment[] {
  return [...agents].map(agentNow);
}

export function agentNow(agent: MasterAgent): AgentMoment {
  return {
    agentId: agent.agentId,
    info: agent.info,
    pid: agent.pid,
    version: agent.version,
    capabilities: agent.capabilities,
    deactivation: agent.deactivation,
    drainStartedMs: agent.drainStartedMs,
    registeredTimeMs: agent.registeredTimeMs,
    reregisteredTimeMs: agent.reregisteredTimeMs,
    totalResources: agent.totalResources,
    offeredResources: agent.offeredResources,
    isActive: agent.active && agent.connected,
    used: usedOn(agent),
  };
}

/** An offer, and its agent as it was. */
export interface OfferMoment {
  readonly offer: MasterOffer;
  readonly agent: Pick<MasterAgent, 'info' | 'pid'> | undefined;
  readonly unavailability: Unavailability | undefined;
}

/** What is shown of a framework, its tasks aside. */
export interface FrameworkMoment
  extends Pick<
    MasterFramework,
    'frameworkId' | 'info' | 'capabilities' | 'active' | 'offerConstraints' | 'registeredTimeMs' | 'reregisteredTimeMs'
  > {
  readonly state: MasterFramework['state'];
  /** Sum of what it uses on all agents. */
  readonly used: () => Resources;
  /** Sum of its outstanding offers. */
  readonly offered: () => Resources;
}

export function frameworkNow(framework: MasterFramework): FrameworkMoment {
  return {
    frameworkId: framework.frameworkId,
    info: framework.info,
    capabilities: framework.capabilities,
    state: framework.state,
    active: framework.active,
    offerConstraints: framework.offerConstraints,
    registeredTimeMs: framework.registeredTimeMs,
    reregisteredTimeMs: framework.reregisteredTimeMs,
    used: usedBy(framework),
    offered: offeredTo(framework),
  };
}

/** The tasks of a framework in order. To take them costs nothing but for a copy of the list of the completed ones. */
export interface TasksMoment {
  readonly live: Iterable<Task>;
  readonly unreachable: Iterable<Task>;
  readonly completed: Iterable<Task>;
}

export function tasksNow(framework: MasterFramework): TasksMoment {
  return {
    live: framework.tasks.messagesNow(),
    unreachable: framework.unreachableTasks.messagesNow(),
    completed: completedNow(framework),
  };
}

/** Tasks that are over do not change: it is enough to keep which ones they were. To be read once. */
export function completedNow({ completedTasks }: Pick<CompletedFramework, 'completedTasks'>): Iterable<Task> {
  return messagesOf(completedTasks.slice());
}

function* messagesOf(tasks: readonly MasterTask[]): Iterable<Task> {
  for (const { message } of tasks) yield message;
}

export function offersNow(state: MasterState, framework: MasterFramework): readonly OfferMoment[] {
  return Array.from(framework.offers, (offer) => {
    const agent = state.agents.registered.get(offer.agentId);
    return {
      offer,
      agent: agent && { info: agent.info, pid: agent.pid },
      unavailability: agent && unavailabilityOf({ state }, agent),
    };
  });
}

/** With the id of the agent of each. */
export function executorsNow(framework: MasterFramework): readonly (readonly [string, ExecutorInfo])[] {
  const found: (readonly [string, ExecutorInfo])[] = [];
  for (const [agentId, executors] of framework.executors) {
    for (const executor of executors.values()) found.push([agentId, executor]);
  }
  return found;
}
