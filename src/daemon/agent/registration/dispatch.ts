// Who hears of which event of the master (mesos-semantics.md 8.6).
import type { Event, Event_FrameworkMessage } from '../../../mesos/generated/agent_protocol.ts';
import type { AgentContext } from '../context.ts';
import type { TaskWork } from '../task-work.ts';

/** All but SHUTDOWN, which is the agent's own business. */
export function dispatch(context: AgentContext, work: TaskWork, event: Event): void {
  const { supervisor } = work;
  if (event.run_task) {
    const { framework_info, task, launch_executor = true } = event.run_task;
    supervisor.runTask(framework_info, task, launch_executor);
  } else if (event.run_task_group) {
    const { framework_info, executor, task_group, launch_executor = true } = event.run_task_group;
    supervisor.runGroup(framework_info, executor, task_group.tasks ?? [], launch_executor);
  } else if (event.kill) {
    supervisor.kill(event.kill.framework_id.value, event.kill.task_id.value, event.kill.kill_policy);
  } else if (event.acknowledge) {
    const { framework_id, task_id, uuid } = event.acknowledge;
    supervisor.acknowledge(framework_id.value, task_id.value, uuid);
  } else if (event.shutdown_executor) {
    const { framework_id, executor_id } = event.shutdown_executor;
    supervisor.shutdownExecutor(framework_id.value, executor_id.value);
  } else if (event.shutdown_framework) supervisor.shutdownFramework(event.shutdown_framework.framework_id.value);
  else if (event.update_framework) supervisor.updateFramework(event.update_framework.framework_info);
  else if (event.drain) work.drain(event.drain.config);
  else if (event.apply_operation) context.resources.apply(event.apply_operation.operation);
  else if (event.acknowledge_operation) {
    const { operation_uuid, status_uuid } = event.acknowledge_operation;
    context.resources.acknowledged(operation_uuid.value, status_uuid.value);
  } else if (event.message) messageToExecutor(context, work, event.message);
  else context.world.log.warn('an event of the master was not understood', { type: event.type });
}

/** Command tasks and task groups have nobody to hear it. */
function messageToExecutor(
  { books, counters, world }: AgentContext,
  { custom }: TaskWork,
  { framework_id, executor_id, data }: Event_FrameworkMessage,
): void {
  const executor = books.frameworks.get(framework_id.value)?.executors.get(executor_id.value);
  const isTaken = executor?.kind === 'custom' && custom.message(executor, data);
  counters.increment(isTaken ? 'slave/valid_framework_messages' : 'slave/invalid_framework_messages');
  if (!isTaken) world.log.info('a message to an executor was dropped', { executorId: executor_id.value });
}
