// SUBSCRIBE of an agent: a new one, one that is in the books, or one that comes back from the registry, from being
// unreachable or from nowhere (mesos-semantics.md 7.1). What the registry must know is durable before it takes effect.
import type { Call_Subscribe } from '../../../mesos/generated/agent_protocol.ts';
import type { AgentConnection } from '../agent-link/connection.ts';
import type { MasterCore } from '../core.ts';
import { isDown } from '../maintenance/modes.ts';
import { machineOf } from '../maintenance/unavailability.ts';
import { register } from './registration/register.ts';
import { reportError } from './registration/report-error.ts';
import { reregister } from './registration/reregister.ts';

/**
 * Takes an agent's subscription. The answer follows as SUBSCRIBED (or SHUTDOWN) on the stream.
 * Returns why it is refused for now, undefined when it is not: a refused agent tries again.
 */
export function subscribeAgent(
  core: MasterCore,
  report: Call_Subscribe,
  connection: AgentConnection,
): string | undefined {
  if (isDown(core, machineOf(report.agent_info.hostname, report.pid))) {
    core.log.warn('an agent of a machine that is down came back', { pid: report.pid });
    connection.shutdown('Machine is `DOWN`');
    return undefined;
  }
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
  if (!(Number.parseInt(report.version, 10) >= 1)) return `Agents of version ${report.version} are not supported`;
  if (domain !== undefined && core.state.info.domain === undefined) {
    return 'The agent has a fault domain but the master has none';
  }
  if (domain === undefined && core.options.requireAgentDomain) return 'Agents without a fault domain are not allowed';
  return reportError(report);
}
