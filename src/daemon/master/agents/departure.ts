// An agent leaves the books, for whatever reason and after that is durable: its tasks get their last state, executors and
// offers go, frameworks are told (mesos-semantics.md 7.3, 7.5, 13.3).
import type { OperationState, TimeInfo } from '../../../mesos/generated/v1.ts';
import { forwardStatus, toAllFrameworks } from '../books/deliver.ts';
import { removeExecutor } from '../books/executors.ts';
import { rescindInverseOffer } from '../books/inverse-offers.ts';
import { deleteFromSet } from '../books/nested-map.ts';
import { rescindOffer } from '../books/offers.ts';
import { statusOfTask } from '../books/statuses.ts';
import { applyStatus, removeTask } from '../books/tasks.ts';
import type { MasterCore } from '../core.ts';
import { endOperationsOf } from '../operations/feedback.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { TasksEnd } from './unreachable-tasks.ts';

/** Why the agent leaves, and what becomes of its tasks. */
export interface Departure extends TasksEnd {
  readonly unreachableTime?: TimeInfo;
  /** Which of the frameworks' histories the tasks go to. */
  readonly history: 'completed' | 'unreachable';
  /** What becomes of its operations: the same that RECONCILE_OPERATIONS says from then on. */
  readonly operationState: OperationState;
}

/**
 * Takes the agent out of the books and of the allocator. The registry must say so already: nothing here waits, and a
 * task told lost must stay lost.
 */
export function departAgent(core: MasterCore, agent: MasterAgent, departure: Departure): void {
  const { agentId } = agent;
  // First, so that what is given back below is not offered again.
  core.allocator.removeAgent(agentId);
  agent.connected = false;
  agent.active = false;
  agent.pings.stop();
  agent.reregisterTimer?.cancel();
  agent.reregisterTimer = undefined;
  loseTasks(core, agent, departure);
  for (const [frameworkId, executors] of [...agent.executors]) {
    for (const executorId of [...executors.keys()]) removeExecutor(core, agent, frameworkId, executorId);
  }
  for (const offer of [...agent.offers]) rescindOffer(core, offer);
  for (const offer of [...agent.inverseOffers]) rescindInverseOffer(core, offer);
  endOperationsOf(core, agentId, departure.operationState, departure.message);

  core.state.agents.registered.delete(agentId);
  deleteFromSet(core.state.agents.byMachine, agent.machine, agent);
  if (core.state.agents.byPid.get(agent.pid) === agent) core.state.agents.byPid.delete(agent.pid);
  const { connection } = agent;
  agent.connection = undefined;
  if (connection !== undefined) {
    core.state.agents.byStreamId.delete(connection.streamId);
    connection.end();
  }
  announceLoss(core, agentId);
}

/** FAILURE with the agent's id alone: the agent is lost. */
export function announceLoss(core: MasterCore, agentId: string): void {
  core.live.agentChanged(agentId);
  toAllFrameworks(core, { type: 'FAILURE', failure: { agent_id: { value: agentId } } });
}

function loseTasks(core: MasterCore, agent: MasterAgent, departure: Departure): void {
  for (const [frameworkId, tasks] of [...agent.tasks]) {
    const framework = core.state.frameworks.get(frameworkId);
    const state = departure.stateFor(framework?.capabilities ?? new Set());
    for (const task of [...tasks.values()]) {
      const status = statusOfTask(core, task, {
        state,
        reason: departure.reason,
        message: departure.message,
        unreachableTime: departure.unreachableTime,
      });
      applyStatus(core, task, status);
      removeTask(core, task, departure.history);
      if (framework !== undefined) forwardStatus(framework, status);
    }
  }
}
