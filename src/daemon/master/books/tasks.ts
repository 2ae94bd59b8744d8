// The task book: every task is under its agent and its framework, and its resources are counted on both sides and in the
// allocator until it is terminal or unreachable (mesos-semantics.md 5.3).
import type { Task, TaskInfo, TaskState, TaskStatus } from '../../../mesos/generated/v1.ts';
import { Resources } from '../../../mesos/resources.ts';
import { healthCheckWithoutSecretValues, withoutSecretValues } from '../../../mesos/secrets.ts';
import { isTerminalState } from '../../../mesos/task-state.ts';
import type { MasterCore } from '../core.ts';
import type { MasterAgent } from '../state/agent.ts';
import type { MasterFramework } from '../state/framework.ts';
import { holdsResources, MasterTask } from '../state/task.ts';
import { deleteNested, putNested } from './nested-map.ts';
import { trackHeldRole, untrackFreedRole } from './roles.ts';
import { addUsage, subtractUsage } from './usage.ts';

/** The booked form of a task that is about to be launched: STAGING. */
export function stagingTask(info: TaskInfo, frameworkId: string, resources: Resources): MasterTask {
  const message: Task = {
    name: info.name,
    task_id: info.task_id,
    framework_id: { value: frameworkId },
    agent_id: info.agent_id,
    state: 'TASK_STAGING',
    resources: resources.toMessages(),
  };
  const user = info.command?.user ?? info.executor?.command?.user;
  if (info.executor !== undefined) message.executor_id = info.executor.executor_id;
  if (info.labels !== undefined) message.labels = info.labels;
  if (info.discovery !== undefined) message.discovery = info.discovery;
  if (info.container !== undefined) message.container = withoutSecretValues(info.container);
  if (user !== undefined) message.user = user;
  if (info.health_check !== undefined) message.health_check = healthCheckWithoutSecretValues(info.health_check);
  if (info.kill_policy !== undefined) message.kill_policy = info.kill_policy;
  if (info.limits !== undefined) message.limits = info.limits;
  return bookedTask(message, resources);
}

/** The booked form of a task that an agent reports. */
export function bookedTask(message: Task, resources = Resources.of(message.resources)): MasterTask {
  return new MasterTask(message, resources);
}

/** Enters a task on both sides. What the allocator is told is the caller's business. */
export function addTask(core: MasterCore, agent: MasterAgent, framework: MasterFramework, task: MasterTask): void {
  putNested(agent.tasks, task.frameworkId, task.taskId, task);
  framework.tasks.set(task.taskId, task);
  if (holdsResources(task)) {
    addUsage(agent.usedResources, task.frameworkId, task.resources);
    addUsage(framework.usedResources, task.agentId, task.resources);
    for (const role of task.resources.allocationRoles()) trackHeldRole(core, framework, role);
  }
  core.events.taskAdded(task);
}

/**
 * Takes a status update into the books. `latestState` is the newest the agent knows while older updates still queue.
 * Gives the resources back when the task becomes terminal or unreachable. A terminal task keeps its state, while the
 * updates before its end may still come in.
 */
export function applyStatus(core: MasterCore, task: MasterTask, status: TaskStatus, latestState?: TaskState): void {
  const before = task.message;
  const held = holdsResources(task);
  const statuses = [...(before.statuses ?? [])];
  const last = statuses.at(-1);
  const isRepeated = last?.state === status.state;
  // One entry for each distinct consecutive state; the data is the framework's alone and may be large.
  if (isRepeated) statuses.pop();
  const { data: _data, ...kept } = status;
  statuses.push(kept);

  const after: Task = { ...before, statuses };
  if (!isTerminalState(before.state)) after.state = latestState ?? status.state;
  if (status.uuid !== undefined) {
    after.status_update_state = status.state;
    after.status_update_uuid = status.uuid;
  }
  task.message = after;

  if (held && !holdsResources(task)) {
    giveBackResources(core, task);
    countEnd(core, task, status);
  }
  if (!isRepeated || isCheckUpdate(status)) core.events.taskUpdated(task, status);
}

/**
 * Takes a task out of the books and into one of its framework's histories. Resources it still holds are given back.
 */
export function removeTask(core: MasterCore, task: MasterTask, into: 'completed' | 'unreachable'): void {
  if (holdsResources(task)) giveBackResources(core, task);
  const agent = core.state.agents.registered.get(task.agentId);
  if (agent !== undefined) {
    deleteNested(agent.tasks, task.frameworkId, task.taskId);
    if (agent.tasks.size === 0) core.agentEmptied(agent);
    const killed = agent.killedTasks.get(task.frameworkId);
    if (killed?.delete(task.taskId) && killed.size === 0) agent.killedTasks.delete(task.frameworkId);
  }
  const framework = core.state.frameworks.get(task.frameworkId);
  if (framework === undefined) return;
  framework.tasks.delete(task.taskId);
  if (into === 'unreachable') framework.unreachableTasks.set(task.taskId, task);
  else addCompletedTask(core, framework, task);
}

/** Into the framework's history; the oldest is forgotten beyond `--max_completed_tasks_per_framework`. */
export function addCompletedTask(core: MasterCore, framework: MasterFramework, task: MasterTask): void {
  framework.completedTasks.push(task);
  if (framework.completedTasks.length > core.options.maxCompletedTasksPerFramework) framework.completedTasks.shift();
}

function giveBackResources(core: MasterCore, task: MasterTask): void {
  const agent = core.state.agents.registered.get(task.agentId);
  if (agent !== undefined) subtractUsage(agent.usedResources, task.frameworkId, task.resources);
  const framework = core.state.frameworks.get(task.frameworkId);
  if (framework !== undefined) subtractUsage(framework.usedResources, task.agentId, task.resources);
  const nowMs = core.world.clock.nowMs();
  for (const role of task.resources.allocationRoles()) {
    core.allocator.recoverResources(
      {
        frameworkId: task.frameworkId,
        agentId: task.agentId,
        role,
        resources: task.resources.ofAllocationRole(role),
        wasAllocated: true,
      },
      nowMs,
    );
    if (framework !== undefined) untrackFreedRole(core, framework, role);
  }
}

const END_COUNTERS: Partial<Record<TaskState, string>> = {
  TASK_FINISHED: 'master/tasks_finished',
  TASK_FAILED: 'master/tasks_failed',
  TASK_KILLED: 'master/tasks_killed',
  TASK_LOST: 'master/tasks_lost',
  TASK_ERROR: 'master/tasks_error',
  TASK_DROPPED: 'master/tasks_dropped',
  TASK_GONE: 'master/tasks_gone',
  TASK_GONE_BY_OPERATOR: 'master/tasks_gone_by_operator',
};

/**
 * Counts the end of a task, in the books or refused before it came into them (mesos-api.md 11). A task that is out of reach
 * has not ended: only why it is so is counted.
 */
export function countEndedTask(core: MasterCore, framework: MasterFramework | undefined, status: TaskStatus): void {
  const counter = END_COUNTERS[status.state];
  if (counter !== undefined) {
    core.state.counters.increment(counter);
    framework?.counters.increment(`tasks/terminal/${status.state.toLowerCase()}`);
  }
  if (status.reason === undefined) return;
  const state = status.state.slice('TASK_'.length).toLowerCase();
  const source = (status.source ?? 'SOURCE_MASTER').toLowerCase().replace('agent', 'slave');
  const reason = status.reason.toLowerCase().replace('agent', 'slave');
  core.state.counters.increment(`master/task_${state}/${source}/${reason}`);
}

function countEnd(core: MasterCore, task: MasterTask, status: TaskStatus): void {
  countEndedTask(core, core.state.frameworks.get(task.frameworkId), { ...status, state: task.message.state });
}

function isCheckUpdate(status: TaskStatus): boolean {
  return (
    status.reason === 'REASON_TASK_CHECK_STATUS_UPDATED' || status.reason === 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED'
  );
}
