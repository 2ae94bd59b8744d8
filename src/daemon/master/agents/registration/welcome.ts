// The first words to an agent that is in the books now.
import type { Call_Subscribe, Event_Reconciliation } from '../../../../mesos/generated/agent_protocol.ts';
import type { Operation } from '../../../../mesos/generated/v1.ts';
import type { AgentConnection } from '../../agent-link/connection.ts';
import type { MasterCore } from '../../core.ts';
import { isDown, removeFromDownMachine } from '../../maintenance/modes.ts';
import type { MasterAgent } from '../../state/agent.ts';
import { checkDrained, drainConfig } from '../deactivation/draining.ts';
import { agentStreamEnded } from '../disconnection.ts';
import { totalPingTimeoutSeconds } from '../pings.ts';
import { attach } from './admission.ts';
import { endWhatIsNotWanted } from './reconciliation.ts';

/** First steps of an agent that was just added. Its stream may be over already: then it is disconnected at once. */
export function enter(core: MasterCore, agent: MasterAgent, report: Call_Subscribe, connection: AgentConnection): void {
  attach(core, agent, connection);
  core.events.agentAdded(agent);
  welcome(core, agent, connection, []);
  endWhatIsNotWanted(core, agent, report);
  checkDrained(core, agent);
  core.requestAllocation();
  if (isDown(core, agent.machine)) void removeFromDownMachine(core, agent);
  if (!connection.isOpen) agentStreamEnded(core, connection);
}

/** SUBSCRIBED, and the pings begin. */
export function welcome(
  core: MasterCore,
  agent: MasterAgent,
  connection: AgentConnection,
  reconciliations: readonly Event_Reconciliation[],
  dropped: readonly Operation[] = [],
): void {
  const drain_config = drainConfig(core, agent);
  connection.send({
    type: 'SUBSCRIBED',
    subscribed: {
      agent_id: { value: agent.agentId },
      total_ping_timeout_seconds: totalPingTimeoutSeconds(core),
      reconciliations: [...reconciliations],
      ...(dropped.length > 0 && { dropped_operations: [...dropped] }),
      master_info: core.state.info,
      ...(drain_config && { drain_config }),
    },
  });
  agent.pings.start();
}
