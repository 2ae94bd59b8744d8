// What must hold at every moment of a cluster's life, and what must hold once it has come to rest. Each broken promise is
// one line of text; no lines means that all hold. They look straight into the books of the master: at each step, cheaply,
// between two events.
import type { MasterCore } from '../../daemon/master/core.ts';
import { consumption, limitable } from '../../daemon/master/quota/consumption.ts';
import { formatQuantities, QuantitySum } from '../../daemon/master/quota/quantities.ts';
import type { MasterAgent } from '../../daemon/master/state/agent.ts';
import { holdsResources } from '../../daemon/master/state/task.ts';
import { isRoleOrBeneath } from '../../mesos/resources/roles.ts';
import { Resources } from '../../mesos/resources.ts';
import type { SimulatedHost } from '../host.ts';
import type { SimulatedFramework } from './framework.ts';
import type { Ledger } from './ledger.ts';

/** Books of the master against themselves and against its allocator. */
export function checkMaster(core: MasterCore): string[] {
  const broken: string[] = [];
  for (const agent of core.state.agents.registered.values()) {
    broken.push(...checkAgent(core, agent));
  }
  for (const framework of core.state.frameworks.values()) {
    for (const task of framework.tasks.values()) {
      const onAgent = core.state.agents.registered.get(task.agentId)?.tasks.get(task.frameworkId)?.get(task.taskId);
      if (onAgent !== task) {
        broken.push(`${task.taskId} is in the books of its framework, but not in those of agent ${task.agentId}`);
      }
    }
    for (const offer of framework.offers) {
      if (core.state.offers.get(offer.offerId) !== offer) {
        broken.push(`offer ${offer.offerId} is in the books of its framework, but not in the offer book`);
      }
    }
  }
  broken.push(...checkQuotas(core));
  return broken;
}

/** What counts for a quota is, to the allocator, what the books say is consumed or offered. */
function checkQuotas({ state, allocator }: MasterCore): string[] {
  if (state.quotas.size === 0) return [];
  const consumed = consumption(state);
  return [...state.quotas.keys()].flatMap((role) => {
    const sum = consumed.get(role) ?? new QuantitySum();
    for (const offer of state.offers.values()) {
      if (isRoleOrBeneath(offer.role, role)) sum.add(limitable(offer.resources).quantities());
    }
    const ofAllocator = formatQuantities(allocator.quotaConsumption(role));
    return sum.format() === ofAllocator
      ? []
      : [`role ${role}: ${sum.format()} count for its quota, not ${ofAllocator}`];
  });
}

/** Allocated, offered and free are apart from each other and together all there is. */
function checkAgent(core: MasterCore, agent: MasterAgent): string[] {
  const broken: string[] = [];
  const name = `agent ${agent.agentId}`;
  // Shared volumes may be in any number of places at once.
  const used = Resources.sum(agent.usedResources.values()).unallocated().nonShared();
  const offered = agent.offeredResources.unallocated().nonShared();
  const total = agent.totalResources.nonShared();
  const free = core.allocator.available(agent.agentId).unallocated().nonShared();
  if (!total.contains(used.plus(offered))) {
    broken.push(`${name}: ${used.format()} used and ${offered.format()} offered are more than ${total.format()}`);
  }
  if (!used.plus(offered).plus(free).equals(total)) {
    broken.push(
      `${name}: used ${used.format()} + offered ${offered.format()} + free ${free.format()} is not ${total.format()}`,
    );
  }
  if (agent.deactivation !== undefined && agent.offers.size + agent.inverseOffers.size > 0) {
    broken.push(`${name} is deactivated, and ${agent.offers.size} offers of it are out`);
  }
  const executors = [...agent.executors.values()].flatMap((ofFramework) => [...ofFramework.values()]);
  const held = Resources.sum([
    ...tasksOf(agent).map((task) => task.resources),
    ...executors.map((executor) => Resources.of(executor.resources)),
  ])
    .unallocated()
    .nonShared();
  if (!held.equals(used)) {
    broken.push(`${name}: tasks and executors hold ${held.format()}, but ${used.format()} is booked as used`);
  }
  const inOffers = Resources.sum([...agent.offers].map((offer) => offer.resources))
    .unallocated()
    .nonShared();
  if (!inOffers.equals(offered)) {
    broken.push(`${name}: offers hold ${inOffers.format()}, but ${offered.format()} is booked as offered`);
  }
  for (const offer of agent.offers) {
    if (core.state.offers.get(offer.offerId) !== offer || !core.state.frameworks.has(offer.frameworkId)) {
      broken.push(`offer ${offer.offerId} of ${name} is in no other book`);
    }
  }
  return broken;
}

function tasksOf(agent: MasterAgent) {
  return [...agent.tasks.values()].flatMap((tasks) => [...tasks.values()].filter(holdsResources));
}

export interface ClusterAtRest {
  readonly core: MasterCore | undefined;
  readonly agentHosts: readonly SimulatedHost[];
  readonly frameworks: readonly (SimulatedFramework | undefined)[];
  readonly ledger: Ledger;
}

/** What is still to come before the cluster is at rest: empty = nothing is left behind. */
export function leftBehind(cluster: ClusterAtRest): string[] {
  const { core, agentHosts, frameworks, ledger } = cluster;
  if (core === undefined) {
    return ['no master leads'];
  }
  const left: string[] = [];
  const agents = [...core.state.agents.registered.values()];
  const connected = agents.filter((agent) => agent.connected);
  if (connected.length !== agentHosts.length || agents.length !== agentHosts.length) {
    left.push(`${agents.length} agents are registered and ${connected.length} connected of ${agentHosts.length}`);
  }
  for (const agent of agents) {
    const count = [...agent.tasks.values()].reduce((sum, tasks) => sum + tasks.size, 0);
    if (count > 0) {
      left.push(`the master has ${count} tasks on ${agent.agentId}: ${taskIds(agent)}`);
    }
    if (agent.usedResources.size > 0) {
      left.push(`the master has resources of ${agent.agentId} in use`);
    }
  }
  for (const host of agentHosts) {
    for (const run of host.tasks.values()) {
      left.push(`${run.task.env.MESOS_EXECUTOR_ID} runs on ${host.name}`);
    }
  }
  const known = new Set(frameworks.map((framework) => framework?.frameworkId));
  for (const framework of core.state.frameworks.values()) {
    if (!known.has(framework.frameworkId)) {
      left.push(`the master keeps framework ${framework.frameworkId} (${framework.state}), which is nobody`);
    }
    if (framework.unreachableTasks.size > 0) {
      left.push(`the master has unreachable tasks of ${framework.frameworkId}`);
    }
  }
  for (const framework of frameworks) {
    if (framework?.isSubscribed !== true) {
      left.push('a framework is not subscribed');
    } else if (framework.openTasks.length > 0) {
      left.push(`${framework.frameworkId} still knows of ${framework.openTasks.join(', ')}`);
    }
  }
  for (const entry of ledger.entries) {
    if (entry.isForgotten) {
      continue;
    }
    if (entry.launches.length > 0 && entry.terminalStates.size === 0) {
      left.push(`${entry.taskId} was started, but its framework never heard of its end`);
    }
    if (!entry.isSettled && (entry.launches.length > 0 || entry.terminalStates.size > 0)) {
      left.push(`the end of ${entry.taskId} was not taken in`);
    }
  }
  return left;
}

function taskIds(agent: MasterAgent): string {
  return [...agent.tasks.values()]
    .flatMap((tasks) => [...tasks.values()].map((task) => `${task.taskId} ${task.message.state}`))
    .join(', ');
}
