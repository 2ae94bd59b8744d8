// An agent without an id: new, or the same again because it never got the answer (mesos-semantics.md 7.1).
import type { Call_Subscribe } from '../../../../mesos/generated/agent_protocol.ts';
import type { AgentConnection } from '../../agent-link/connection.ts';
import type { MasterCore } from '../../core.ts';
import { deleteAgent, putAgent } from '../../registry/records.ts';
import type { MasterAgent } from '../../state/agent.ts';
import { removeAgent } from '../removal.ts';
import { addAgent, attach } from './admission.ts';
import { isSameInfo } from './same-info.ts';
import { enter, welcome } from './welcome.ts';

/** Why it is refused for now, undefined when it is not. */
export function register(core: MasterCore, report: Call_Subscribe, connection: AgentConnection): string | undefined {
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
