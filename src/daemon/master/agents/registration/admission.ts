// An agent comes into the books, with all it says it is running (mesos-semantics.md 7.1). What the registry says of it is
// durable by now.
import type { Call_Subscribe } from '../../../../mesos/generated/agent_protocol.ts';
import type { Resource } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import type { AgentConnection } from '../../agent-link/connection.ts';
import { addExecutor } from '../../books/executors.ts';
import { addToSet } from '../../books/nested-map.ts';
import { lostOr } from '../../books/statuses.ts';
import { addTask, bookedTask } from '../../books/tasks.ts';
import type { MasterCore } from '../../core.ts';
import { recoverFrameworks } from '../../frameworks/recovery.ts';
import { machineOf, unavailabilityOf } from '../../maintenance/unavailability.ts';
import { addOperations, totalOf } from '../../operations/report.ts';
import type { MasterAgent } from '../../state/agent.ts';
import type { MasterFramework } from '../../state/framework.ts';
import { Usage } from '../../state/usage.ts';
import { watchAgent } from '../pings.ts';
import { endUnreachableTasks, type TasksEnd } from '../unreachable-tasks.ts';

const NOT_REPORTED: TasksEnd = {
  stateFor: (capabilities) => lostOr('TASK_GONE', capabilities),
  reason: 'REASON_RECONCILIATION',
  message: 'Reconciliation: Task is unknown to the agent',
};

/** Enters the agent, not connected yet: `attach` does that. */
export function addAgent(
  core: MasterCore,
  agentId: string,
  report: Call_Subscribe,
  reregisteredTimeMs: number | undefined,
): MasterAgent {
  recoverFrameworks(core, report.frameworks ?? []);
  const agent = newAgent(core, agentId, report, reregisteredTimeMs);
  const { agents } = core.state;
  agents.recovered.delete(agentId);
  const wasUnreachable = agents.unreachable.delete(agentId);
  agents.registered.set(agentId, agent);
  agents.byPid.set(agent.pid, agent);
  addToSet(agents.byMachine, agent.machine, agent);

  for (const executor of report.executors ?? []) {
    const framework = core.state.frameworks.get(executor.framework_id?.value ?? '');
    const isBooked = agent.executors.get(framework?.frameworkId ?? '')?.has(executor.executor_id.value) ?? false;
    if (framework !== undefined && !isBooked) addExecutor(core, agent, framework, executor);
  }
  // Tasks that are alike share the messages of their resources (shared-parts.ts), and so the books of them.
  const resourcesOf = new Map<readonly Resource[] | undefined, Resources>();
  const agent_id = { value: agentId };
  for (const message of report.tasks ?? []) {
    const framework = core.state.frameworks.get(message.framework_id.value);
    // Said twice, or alive elsewhere by now: one of them is enough, `endWhatIsNotWanted` sees to the other.
    if (framework === undefined || framework.tasks.has(message.task_id.value)) continue;
    forgetFormer(framework, message.task_id.value);
    const resources = resourcesOf.get(message.resources) ?? Resources.of(message.resources);
    resourcesOf.set(message.resources, resources);
    addTask(core, agent, framework, bookedTask({ ...message, agent_id }, resources));
  }
  // Those it brought are in the books again: what is left became unreachable with it, and it does not have it any more.
  if (wasUnreachable) endUnreachableTasks(core, agentId, NOT_REPORTED);
  // Before it is added: that it came is to set off a run.
  core.recoveryPause.agentCame(core);
  addOperations(core, agentId, report);
  core.allocator.addAgent(agentId, {
    hostname: agent.info.hostname,
    attributes: agent.info.attributes ?? [],
    domain: agent.info.domain,
    capabilities: capabilityNames(agent),
    total: agent.totalResources,
    used: [...agent.usedResources].map(([frameworkId, resources]) => ({ frameworkId, resources })),
    active: false,
  });
  const unavailability = unavailabilityOf(core, agent);
  if (unavailability !== undefined) core.allocator.updateUnavailability(agentId, unavailability);
  return agent;
}

/** The agent is reached through this stream from now on, and may be offered again. */
export function attach(core: MasterCore, agent: MasterAgent, connection: AgentConnection): void {
  const former = agent.connection;
  agent.connection = connection;
  connection.agentId = agent.agentId;
  core.state.agents.byStreamId.set(connection.streamId, agent);
  if (former !== undefined && former !== connection) {
    core.state.agents.byStreamId.delete(former.streamId);
    former.end();
  }
  agent.reregisterTimer?.cancel();
  agent.reregisterTimer = undefined;
  agent.connected = true;
  if (!agent.active && agent.deactivation === undefined) {
    agent.active = true;
    core.allocator.activateAgent(agent.agentId);
  }
  core.live.agentChanged(agent.agentId);
}

/** Names of what the agent can do, as the allocator wants them. */
export function capabilityNames(agent: MasterAgent): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { type } of agent.capabilities) if (type !== undefined) names.add(type);
  return names;
}

function newAgent(
  core: MasterCore,
  agentId: string,
  report: Call_Subscribe,
  reregisteredTimeMs: number | undefined,
): MasterAgent {
  return {
    agentId,
    info: { ...report.agent_info, id: { value: agentId } },
    pid: report.pid,
    machine: machineOf(report.agent_info.hostname, report.pid),
    version: report.version,
    capabilities: report.capabilities ?? [],
    connection: undefined,
    connected: false,
    isLeaving: false,
    active: false,
    deactivation: core.state.agents.deactivated.get(agentId),
    drainStartedMs: undefined,
    registeredTimeMs: core.world.clock.nowMs(),
    reregisteredTimeMs,
    totalResources: totalOf(report),
    tasks: new Map(),
    executors: new Map(),
    offers: new Set(),
    inverseOffers: new Set(),
    usedResources: new Usage(),
    offeredResources: Resources.EMPTY,
    pings: watchAgent(core, agentId),
    reregisterTimer: undefined,
    killedTasks: new Map(),
  };
}

/** The task lives after all: it is no more among those that are unreachable or over. */
function forgetFormer(framework: MasterFramework, taskId: string): void {
  framework.unreachableTasks.delete(taskId);
  const index = framework.completedTasks.findLastIndex((task) => task.taskId === taskId);
  if (index >= 0) framework.completedTasks.splice(index, 1);
}
