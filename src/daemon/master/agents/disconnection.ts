// An agent's stream is over: nothing of it is offered until it comes back, and frameworks that do not checkpoint have lost
// their tasks on it at once (mesos-semantics.md 7.3). Its pings go on being missed, as with the original: an agent that is
// dead, and not only cut off for a moment, is unreachable after the ping timeouts, long before the re-registration timeout.
import { formatDuration } from '../../../mesos/text/duration.ts';
import type { Timer } from '../../../world/world.ts';
import type { AgentConnection } from '../agent-link/connection.ts';
import { forwardStatus } from '../books/deliver.ts';
import { removeExecutor } from '../books/executors.ts';
import { rescindInverseOffer } from '../books/inverse-offers.ts';
import { rescindOffer } from '../books/offers.ts';
import { statusOfTask } from '../books/statuses.ts';
import { applyStatus, removeTask } from '../books/tasks.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import { markUnreachable } from './unreachable.ts';

/** To be called when any agent stream has ended; those that are nobody's current one are of no consequence. */
export function agentStreamEnded(core: MasterCore, connection: AgentConnection): void {
  if (connection.agentId === undefined || core.isOver()) return;
  const agent = core.state.agents.registered.get(connection.agentId);
  if (agent !== undefined && agent.connection === connection) disconnectAgent(core, agent);
}

function disconnectAgent(core: MasterCore, agent: MasterAgent): void {
  core.log.info('agent disconnected', { agentId: agent.agentId, hostname: agent.info.hostname });
  if (agent.connection !== undefined) core.state.agents.byStreamId.delete(agent.connection.streamId);
  agent.connection = undefined;
  agent.connected = false;
  agent.active = false;
  // Who has said goodbye may be gone before that is durable: what it leaves is told then, with the true reason.
  if (!agent.isLeaving) loseNonCheckpointed(core, agent);
  core.allocator.deactivateAgent(agent.agentId);
  for (const offer of [...agent.offers]) rescindOffer(core, offer);
  for (const offer of [...agent.inverseOffers]) rescindInverseOffer(core, offer);
  core.live.agentChanged(agent.agentId);

  const timeoutMs = core.options.agentReregisterTimeoutMs;
  agent.reregisterTimer?.cancel();
  agent.reregisterTimer = core.world.clock.setTimer(timeoutMs, () => {
    const why = `agent did not re-register within ${formatDuration(timeoutMs)} after disconnecting`;
    agent.reregisterTimer = unreachableInTurn(core, agent, why);
  });
}

/** Waits for the agent's turn under `--agent_removal_rate_limit`. To be cancelled when it is back, or leaves otherwise. */
function unreachableInTurn(core: MasterCore, agent: MasterAgent, why: string): Timer {
  const { counters } = core.state;
  counters.increment('master/slave_unreachable_scheduled');
  const transition = core.unreachableLimiter.schedule(() => {
    agent.reregisterTimer = undefined;
    counters.increment('master/slave_unreachable_completed');
    void markUnreachable(core, agent.agentId, why);
  });
  return {
    cancel: () => {
      counters.increment('master/slave_unreachable_canceled');
      transition.cancel();
    },
  };
}

function loseNonCheckpointed(core: MasterCore, agent: MasterAgent): void {
  for (const frameworkId of new Set([...agent.tasks.keys(), ...agent.executors.keys()])) {
    const framework = core.state.frameworks.get(frameworkId);
    if (framework === undefined || framework.info.checkpoint === true) continue;
    for (const task of [...(agent.tasks.get(frameworkId)?.values() ?? [])]) {
      const status = statusOfTask(core, task, {
        state: 'TASK_LOST',
        reason: 'REASON_AGENT_DISCONNECTED',
        message: `Agent ${agent.info.hostname} disconnected`,
      });
      applyStatus(core, task, status);
      removeTask(core, task, 'completed');
      forwardStatus(framework, status);
    }
    for (const executorId of [...(agent.executors.get(frameworkId)?.keys() ?? [])]) {
      removeExecutor(core, agent, frameworkId, executorId);
    }
  }
}
