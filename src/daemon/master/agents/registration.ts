// SUBSCRIBE of an agent: a new one, one that is in the books, or one that comes back from the registry, from being
// unreachable or from nowhere (mesos-semantics.md 7.1). What the registry must know is durable before it takes effect.
import { encode } from '../../../mesos/codec.ts';
import type { Call_Subscribe, Event_Reconciliation } from '../../../mesos/generated/agent_protocol.ts';
import { AgentInfo } from '../../../mesos/generated/v1.ts';
import type { AgentConnection } from '../agent-link/connection.ts';
import { forwardStatus } from '../books/deliver.ts';
import { statusWithCondition } from '../books/statuses.ts';
import type { MasterCore } from '../core.ts';
import { deleteAgent, deleteUnreachable, putAgent } from '../registry/records.ts';
import type { MasterAgent } from '../state/agent.ts';
import { addAgent, attach } from './admission.ts';
import { updateAgent } from './agent-update.ts';
import { agentStreamEnded } from './disconnection.ts';
import { totalPingTimeoutSeconds } from './pings.ts';
import {
  dropMissingExecutors,
  endWhatIsNotWanted,
  shutDownCompletedFrameworks,
  unreportedTasks,
} from './reconciliation.ts';
import { removeAgent } from './removal.ts';

/**
 * Takes an agent's subscription. The answer follows as SUBSCRIBED (or SHUTDOWN) on the stream.
 * Returns why it is refused for now, undefined when it is not: a refused agent tries again.
 */
export function subscribeAgent(
  core: MasterCore,
  report: Call_Subscribe,
  connection: AgentConnection,
): string | undefined {
  const refusal = refusalOf(core, report);
  if (refusal !== undefined) return refusal;
  const agentId = report.agent_info.id?.value ?? '';
  const { counters } = core.state;
  if (agentId === '') {
    counters.increment('master/messages_register_slave');
    return register(core, report, connection);
  }
  counters.increment('master/messages_reregister_slave');
  return reregister(core, agentId, report, connection);
}

function refusalOf(core: MasterCore, report: Call_Subscribe): string | undefined {
  const { domain } = report.agent_info;
  if (Number.parseInt(report.version, 10) < 1) return `Agents of version ${report.version} are not supported`;
  if (domain !== undefined && core.state.info.domain === undefined) {
    return 'The agent has a fault domain but the master has none';
  }
  if (domain === undefined && core.options.requireAgentDomain) return 'Agents without a fault domain are not allowed';
  return undefined;
}

function register(core: MasterCore, report: Call_Subscribe, connection: AgentConnection): string | undefined {
  const { agents } = core.state;
  if (agents.admitting.has(report.pid)) return 'An agent of this address is being admitted';
  const existing = agents.byPid.get(report.pid);
  if (existing !== undefined && agents.inTransition.has(existing.agentId)) {
    return 'The former agent of this address is being removed';
  }
  if (existing !== undefined && isRetry(existing, report)) {
    core.log.info('agent is registered already', { agentId: existing.agentId });
    attach(core, existing, connection);
    welcome(core, existing, connection, []);
    return undefined;
  }
  void admit(core, report, connection, existing);
  return undefined;
}

/** The agent never saw the answer to its registration: the same agent, still connected as far as we know, and unused. */
function isRetry(existing: MasterAgent, report: Call_Subscribe): boolean {
  return (
    existing.connected &&
    existing.tasks.size === 0 &&
    existing.executors.size === 0 &&
    isSameInfo(existing.info, { ...report.agent_info, id: { value: existing.agentId } })
  );
}

async function admit(
  core: MasterCore,
  report: Call_Subscribe,
  connection: AgentConnection,
  existing: MasterAgent | undefined,
): Promise<void> {
  const { agents, counters } = core.state;
  const agentId = core.ids.nextAgentId();
  const changes = [putAgent(agentId, { ...report.agent_info, id: { value: agentId } })];
  if (existing !== undefined) {
    agents.inTransition.add(existing.agentId);
    changes.unshift(deleteAgent(existing.agentId));
  }
  agents.admitting.add(report.pid);
  await core.registrar.apply(changes);
  agents.admitting.delete(report.pid);
  if (existing !== undefined) {
    agents.inTransition.delete(existing.agentId);
    removeAgent(core, existing, 'a new agent registered at the same address', 'registered');
  }
  const agent = addAgent(core, agentId, report, undefined);
  counters.increment('master/slave_registrations');
  core.log.info('agent registered', { agentId, pid: agent.pid, hostname: agent.info.hostname });
  enter(core, agent, report, connection);
}

function reregister(
  core: MasterCore,
  agentId: string,
  report: Call_Subscribe,
  connection: AgentConnection,
): string | undefined {
  const { agents } = core.state;
  if (agents.gone.has(agentId)) {
    core.log.warn('an agent that was marked gone came back', { agentId });
    connection.shutdown('Agent has been marked gone');
    return undefined;
  }
  if (agents.inTransition.has(agentId)) return 'The agent is in transition';
  const known = agents.registered.get(agentId);
  if (known === undefined) {
    void readmit(core, agentId, report, connection);
    return undefined;
  }
  if (addressOf(known.pid) !== addressOf(report.pid) || known.info.hostname !== report.agent_info.hostname) {
    core.log.warn('an agent came back with another address', { agentId, was: known.pid, is: report.pid });
    connection.shutdown('Agent attempted to re-register with different IP / hostname');
    return undefined;
  }
  const info = { ...report.agent_info, id: { value: agentId } };
  if (isSameInfo(known.info, info)) renew(core, known, report, connection);
  else void renewDurably(core, known, info, report, connection);
  return undefined;
}

/** Recovered agents are in the registry as they are; unreachable and unknown ones have to get there again. */
async function readmit(
  core: MasterCore,
  agentId: string,
  report: Call_Subscribe,
  connection: AgentConnection,
): Promise<void> {
  const { agents, counters } = core.state;
  const info = { ...report.agent_info, id: { value: agentId } };
  const recovered = agents.recovered.get(agentId);
  const isUnreachable = agents.unreachable.has(agentId);
  agents.inTransition.add(agentId);
  if (recovered === undefined || !isSameInfo(recovered, info)) {
    await core.registrar.apply([putAgent(agentId, info), deleteUnreachable(agentId)]);
  }
  agents.inTransition.delete(agentId);
  const formerAtAddress = agents.byPid.get(report.pid);
  if (formerAtAddress !== undefined) core.log.warn('two agents at one address', { pid: report.pid, agentId });

  const agent = addAgent(core, agentId, report, core.world.clock.nowMs());
  counters.increment('master/slave_reregistrations');
  core.log.info('agent re-registered', { agentId, pid: agent.pid, hostname: agent.info.hostname });
  enter(core, agent, report, connection);
  if (recovered === undefined) {
    tellReturnedTasks(core, agent, isUnreachable ? 'Unreachable agent re-reregistered' : 'Unknown agent reregistered');
  }
}

/** Frameworks that had lost these tasks get to know their state. */
function tellReturnedTasks(core: MasterCore, agent: MasterAgent, message: string): void {
  for (const [frameworkId, tasks] of agent.tasks) {
    const framework = core.state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    for (const task of tasks.values()) {
      const { state } = task.message;
      forwardStatus(
        framework,
        statusWithCondition(core, task, { state, reason: 'REASON_AGENT_REREGISTERED', message }),
      );
    }
  }
}

async function renewDurably(
  core: MasterCore,
  agent: MasterAgent,
  info: AgentInfo,
  report: Call_Subscribe,
  connection: AgentConnection,
): Promise<void> {
  const { agents } = core.state;
  agents.inTransition.add(agent.agentId);
  await core.registrar.apply([putAgent(agent.agentId, info)]);
  agents.inTransition.delete(agent.agentId);
  agent.info = info;
  updateAgent(core, agent, info.resources ?? []);
  renew(core, agent, report, connection);
}

function renew(core: MasterCore, agent: MasterAgent, report: Call_Subscribe, connection: AgentConnection): void {
  const { agents, counters } = core.state;
  if (agent.pid !== report.pid) {
    agents.byPid.delete(agent.pid);
    agent.pid = report.pid;
    agents.byPid.set(agent.pid, agent);
  }
  agent.version = report.version;
  agent.capabilities = report.capabilities ?? [];
  agent.reregisteredTimeMs = core.world.clock.nowMs();
  counters.increment('master/slave_reregistrations');
  core.log.info('agent re-registered', { agentId: agent.agentId, pid: agent.pid });
  const reconciliations = unreportedTasks(core, agent, report);
  dropMissingExecutors(core, agent, report);
  attach(core, agent, connection);
  welcome(core, agent, connection, reconciliations);
  endWhatIsNotWanted(core, agent, report);
  core.requestAllocation();
  if (!connection.isOpen) agentStreamEnded(core, connection);
}

/** First steps of an agent that was just added. Its stream may be over already: then it is disconnected at once. */
function enter(core: MasterCore, agent: MasterAgent, report: Call_Subscribe, connection: AgentConnection): void {
  attach(core, agent, connection);
  welcome(core, agent, connection, []);
  shutDownCompletedFrameworks(core, agent, report);
  core.requestAllocation();
  if (!connection.isOpen) agentStreamEnded(core, connection);
}

function welcome(
  core: MasterCore,
  agent: MasterAgent,
  connection: AgentConnection,
  reconciliations: readonly Event_Reconciliation[],
): void {
  connection.send({
    type: 'SUBSCRIBED',
    subscribed: {
      agent_id: { value: agent.agentId },
      total_ping_timeout_seconds: totalPingTimeoutSeconds(core),
      reconciliations: [...reconciliations],
      master_info: core.state.info,
    },
  });
  agent.pings.start();
}

function isSameInfo(a: AgentInfo, b: AgentInfo): boolean {
  return Buffer.compare(encode(AgentInfo, a), encode(AgentInfo, b)) === 0;
}

/** `slave(1)@127.0.0.2:5051` → `127.0.0.2`. */
function addressOf(pid: string): string {
  return pid.slice(pid.indexOf('@') + 1, pid.lastIndexOf(':'));
}
