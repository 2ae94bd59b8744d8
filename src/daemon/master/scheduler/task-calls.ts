// KILL, ACKNOWLEDGE, SHUTDOWN and MESSAGE: calls that the master passes on to an agent (mesos-semantics.md 5.4, 6.1).
import type { Call_Acknowledge, Call_Kill, Call_Message, Call_Shutdown } from '../../../mesos/generated/scheduler.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';
import { toAgent } from '../books/deliver.ts';
import { removeTask } from '../books/tasks.ts';
import type { MasterCore } from '../core.ts';
import type { MasterFramework } from '../state/framework.ts';
import { reconcileTask } from './reconcile.ts';

/**
 * A task the master does not have is reconciled instead. For an agent that is out of reach the kill is kept and sent
 * when it re-registers.
 */
export function kill(core: MasterCore, framework: MasterFramework, call: Call_Kill): void {
  core.state.counters.increment('master/messages_kill_task');
  const taskId = call.task_id.value;
  const task = framework.tasks.get(taskId);
  if (task === undefined) {
    reconcileTask(core, framework, taskId, call.agent_id?.value);
    return;
  }
  if (call.agent_id !== undefined && call.agent_id.value !== task.agentId) return;
  const agent = core.state.agents.registered.get(task.agentId);
  if (agent === undefined) return;
  // Remembered in any case: the agent may be out of reach without our knowing it yet.
  const killed = agent.killedTasks.get(framework.frameworkId);
  if (killed !== undefined) killed.add(taskId);
  else agent.killedTasks.set(framework.frameworkId, new Set([taskId]));
  toAgent(agent, {
    type: 'KILL',
    kill: {
      framework_id: { value: framework.frameworkId },
      task_id: call.task_id,
      ...(call.kill_policy !== undefined && { kill_policy: call.kill_policy }),
    },
  });
}

/** The acknowledged end of a task takes it out of the books. Acknowledgements for agents out of reach are dropped. */
export function acknowledge(core: MasterCore, framework: MasterFramework, call: Call_Acknowledge): void {
  const { counters, agents } = core.state;
  counters.increment('master/messages_status_update_acknowledgement');
  const agent = agents.registered.get(call.agent_id.value);
  const task = agent?.tasks.get(framework.frameworkId)?.get(call.task_id.value);
  // A task without a forwarded update has nothing to be acknowledged.
  if (!agent?.connected || (task !== undefined && task.message.status_update_state === undefined)) {
    counters.increment('master/invalid_status_update_acknowledgements');
    return;
  }
  if (task !== undefined) {
    const { status_update_state: state, status_update_uuid: uuid } = task.message;
    if (state !== undefined && isTerminalState(state) && uuid === call.uuid) removeTask(core, task, 'completed');
  }
  toAgent(agent, {
    type: 'ACKNOWLEDGE',
    acknowledge: { framework_id: { value: framework.frameworkId }, task_id: call.task_id, uuid: call.uuid },
  });
  counters.increment('master/valid_status_update_acknowledgements');
}

/**
 * Passed on to the agent, or dropped when it is not registered; nothing changes in the books until the agent reports.
 */
export function shutdownExecutor(core: MasterCore, framework: MasterFramework, call: Call_Shutdown): void {
  const agent = core.state.agents.registered.get(call.agent_id.value);
  if (agent === undefined) return;
  toAgent(agent, {
    type: 'SHUTDOWN_EXECUTOR',
    shutdown_executor: { framework_id: { value: framework.frameworkId }, executor_id: call.executor_id },
  });
}

/** Best effort. */
export function messageExecutor(core: MasterCore, framework: MasterFramework, call: Call_Message): void {
  const { counters, agents } = core.state;
  counters.increment('master/messages_framework_to_executor');
  const agent = agents.registered.get(call.agent_id.value);
  if (!agent?.connected) {
    counters.increment('master/invalid_framework_to_executor_messages');
    return;
  }
  toAgent(agent, {
    type: 'MESSAGE',
    message: {
      framework_id: { value: framework.frameworkId },
      executor_id: call.executor_id,
      data: call.data,
    },
  });
  counters.increment('master/valid_framework_to_executor_messages');
}
