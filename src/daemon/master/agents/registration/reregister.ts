// An agent with an id: registered, recovered from the registry, unreachable, unknown, or gone for good
// (mesos-semantics.md 7.1, 7.4).
import { ipOfPid } from '../../../../mesos/agent-pid.ts';
import type { Call_Subscribe } from '../../../../mesos/generated/agent_protocol.ts';
import type { AgentInfo } from '../../../../mesos/generated/v1.ts';
import type { AgentConnection } from '../../agent-link/connection.ts';
import { forwardStatus } from '../../books/deliver.ts';
import { statusWithCondition } from '../../books/statuses.ts';
import type { MasterCore } from '../../core.ts';
import { reconcileReported, totalOf } from '../../operations/report.ts';
import { deleteUnreachable, putAgent } from '../../registry/records.ts';
import type { MasterAgent } from '../../state/agent.ts';
import { updateAgent } from '../agent-update.ts';
import { checkDrained } from '../deactivation/draining.ts';
import { agentStreamEnded } from '../disconnection.ts';
import { addAgent, attach, capabilityNames } from './admission.ts';
import { dropMissingExecutors, endWhatIsNotWanted, unreportedTasks } from './reconciliation.ts';
import { isSameInfo } from './same-info.ts';
import { enter, welcome } from './welcome.ts';

/** Why it is refused for now, undefined when it is not. */
export function reregister(
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
  if (ipOfPid(known.pid) !== ipOfPid(report.pid) || known.info.hostname !== report.agent_info.hostname) {
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
    await core.registrar.apply([putAgent(agentId, info, agents.deactivated.get(agentId)), deleteUnreachable(agentId)]);
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
  await core.registrar.apply([putAgent(agent.agentId, info, agent.deactivation)]);
  agents.inTransition.delete(agent.agentId);
  agent.info = info;
  updateAgent(core, agent, totalOf(report));
  renew(core, agent, report, connection);
}

function renew(core: MasterCore, agent: MasterAgent, report: Call_Subscribe, connection: AgentConnection): void {
  const { agents, counters } = core.state;
  if (agent.pid !== report.pid) {
    // Another agent may have come at its former address meanwhile ("two agents at one address").
    if (agents.byPid.get(agent.pid) === agent) agents.byPid.delete(agent.pid);
    agent.pid = report.pid;
    agents.byPid.set(agent.pid, agent);
  }
  agent.version = report.version;
  const former = [...capabilityNames(agent)].join();
  agent.capabilities = report.capabilities ?? [];
  const total = totalOf(report);
  if ([...capabilityNames(agent)].join() !== former || !total.equals(agent.totalResources)) {
    updateAgent(core, agent, total);
  }
  agent.reregisteredTimeMs = core.world.clock.nowMs();
  counters.increment('master/slave_reregistrations');
  core.log.info('agent re-registered', { agentId: agent.agentId, pid: agent.pid });
  const reconciliations = unreportedTasks(core, agent, report);
  dropMissingExecutors(core, agent, report);
  const dropped = reconcileReported(core, agent, report);
  attach(core, agent, connection);
  welcome(core, agent, connection, reconciliations, dropped);
  endWhatIsNotWanted(core, agent, report);
  checkDrained(core, agent);
  core.requestAllocation();
  if (!connection.isOpen) agentStreamEnded(core, connection);
}
