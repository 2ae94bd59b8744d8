// What a registered agent reports: status updates, exits, messages, its total, its goodbye (agent_protocol.proto).
import type {
  Call,
  Call_ExecutorMessage,
  Call_ExitedExecutor,
  Call_Update,
} from '../../../mesos/generated/agent_protocol.ts';
import type { Resource, TaskStatus } from '../../../mesos/generated/v1.ts';
import { Resources } from '../../../mesos/resources.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';
import { forwardStatus, toFramework } from '../books/deliver.ts';
import { removeExecutor } from '../books/executors.ts';
import { applyStatus } from '../books/tasks.ts';
import type { MasterCore } from '../core.ts';
import { takeOperationUpdate } from '../operations/feedback.ts';
import { withPendingOperations } from '../operations/report.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterTask } from '../state/task.ts';
import { updateAgent } from './agent-update.ts';
import { isMastersToSay, totalError } from './registration/report-error.ts';
import { unregisterAgent } from './removal.ts';

/** Takes one call, in the order they came. SUBSCRIBE is not among them. */
export function takeAgentCall(core: MasterCore, agent: MasterAgent, call: Call): void {
  const { counters } = core.state;
  switch (call.type) {
    case 'UPDATE':
      counters.increment('master/messages_status_update');
      if (call.update !== undefined) takeUpdate(core, agent, call.update);
      return;
    case 'EXITED_EXECUTOR':
      counters.increment('master/messages_exited_executor');
      if (call.exited_executor !== undefined) takeExit(core, agent, call.exited_executor);
      return;
    case 'MESSAGE':
      counters.increment('master/messages_executor_to_framework');
      if (call.message !== undefined) takeMessage(core, agent, call.message);
      return;
    case 'PONG':
      agent.pings.pong();
      return;
    case 'UPDATE_AGENT':
      counters.increment('master/messages_update_slave');
      if (call.update_agent !== undefined) takeTotal(core, agent, call.update_agent.total_resources ?? []);
      return;
    case 'UPDATE_OPERATION':
      if (call.update_operation !== undefined) takeOperationUpdate(core, agent, call.update_operation.operation);
      return;
    case 'UNREGISTER':
      void unregisterAgent(core, agent);
      return;
    case 'SUBSCRIBE':
    case 'UNKNOWN':
      counters.increment('master/dropped_messages');
      return;
  }
}

/** A total that makes no sense is not taken. */
function takeTotal(core: MasterCore, agent: MasterAgent, total: readonly Resource[]): void {
  const problem = totalError(total);
  if (problem === undefined) {
    const there = withPendingOperations(core, agent, Resources.of(total));
    if (!there.equals(agent.totalResources)) updateAgent(core, agent, there);
  } else core.log.error('an agent told a total that is no total', { agentId: agent.agentId, problem });
}

/** To the framework as it is, then into the books (mesos-semantics.md 5.3, 6.1). The agent goes on until it is acknowledged. */
function takeUpdate(core: MasterCore, agent: MasterAgent, update: Call_Update): void {
  const { counters } = core.state;
  const frameworkId = update.framework_id.value;
  const framework = core.state.frameworks.get(frameworkId);
  if (framework === undefined || isMastersToSay(update.status.state) || isMastersToSay(update.latest_state)) {
    counters.increment('master/invalid_status_updates');
    return;
  }
  const status = { ...update.status, agent_id: update.status.agent_id ?? { value: agent.agentId } };
  const task = agent.tasks.get(frameworkId)?.get(status.task_id.value);
  forwardStatus(framework, status);
  if (task === undefined || isOutrun(task, status)) {
    counters.increment('master/invalid_status_updates');
    return;
  }
  applyStatus(core, task, status, update.latest_state);
  counters.increment('master/valid_status_updates');
}

/**
 * An update that came again after the end that followed it: the network delivered its request twice, or an agent that
 * crashed has forgotten that it was acknowledged. It is passed on, because that agent waits for it to be acknowledged;
 * taken into the books it would hide which update is the end.
 */
function isOutrun(task: MasterTask, status: TaskStatus): boolean {
  const { status_update_state: forwarded } = task.message;
  return (
    forwarded !== undefined && isTerminalState(forwarded) && status.uuid !== undefined && !isTerminalState(status.state)
  );
}

/** The updates of its tasks come from the agent; here its own resources are given back and the framework is told. */
function takeExit(core: MasterCore, agent: MasterAgent, exit: Call_ExitedExecutor): void {
  const [frameworkId, executorId] = [exit.framework_id.value, exit.executor_id.value];
  if (!agent.executors.get(frameworkId)?.has(executorId)) return;
  removeExecutor(core, agent, frameworkId, executorId);
  const framework = core.state.frameworks.get(frameworkId);
  if (framework === undefined) return;
  toFramework(framework, {
    type: 'FAILURE',
    failure: { agent_id: { value: agent.agentId }, executor_id: exit.executor_id, status: exit.status },
  });
}

function takeMessage(core: MasterCore, agent: MasterAgent, message: Call_ExecutorMessage): void {
  const { counters } = core.state;
  const framework = core.state.frameworks.get(message.framework_id.value);
  if (framework?.connection === undefined) {
    counters.increment('master/invalid_executor_to_framework_messages');
    return;
  }
  toFramework(framework, {
    type: 'MESSAGE',
    message: { agent_id: { value: agent.agentId }, executor_id: message.executor_id, data: message.data },
  });
  counters.increment('master/valid_executor_to_framework_messages');
}
