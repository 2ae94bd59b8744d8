// TaskInfo of LAUNCH (mesos-api.md 14.2): what is wrong becomes the message of a TASK_ERROR. Expects the message as the
// master has normalised it: resources in the new format with an allocation role, `executor.framework_id` filled in.
import type { ExecutorInfo, TaskInfo } from '../../generated/v1.ts';
import { validateId } from '../../ids.ts';
import { Resources } from '../../resources.ts';
import { validateCheckInfo, validateHealthCheck } from '../checks.ts';
import { validateCommandInfo } from '../command-info.ts';
import { shareCgroups, validateContainerInfo } from '../container-info.ts';
import { because, type Problem } from '../problem.ts';
import {
  overlap,
  validateRevocableNotMixed,
  validateSingleAllocationRole,
  validateUniquePersistenceIds,
  validateUse,
} from '../resources.ts';
import { validateExecutorOnAgent, validateExecutorShareCgroups } from './executor.ts';
import type { LaunchContext } from './launch-context.ts';

/** Everything about a task of LAUNCH and its executor. */
export function validateTask(task: TaskInfo, context: LaunchContext): Problem {
  return validateTaskInfo(task, context) ?? validateTaskExecutor(task, context) ?? validateOwnCgroups(task);
}

/** What holds for tasks of LAUNCH and of task groups alike, executor left out. */
export function validateTaskInfo(task: TaskInfo, context: LaunchContext): Problem {
  const { check, health_check, command, container } = task;
  return (
    validateId(task.task_id.value) ??
    validateUnusedId(task.task_id.value, context) ??
    validateAgent(task, context.agentId) ??
    validateTimes(task) ??
    (check && because('Task uses invalid check: ', validateCheckInfo(check))) ??
    (health_check && because('Task uses invalid health check: ', validateHealthCheck(health_check))) ??
    validateTaskResources(task) ??
    (command && because("Task's `CommandInfo` is invalid: ", validateCommandInfo(command))) ??
    (container && because("Task's `ContainerInfo` is invalid: ", validateContainerInfo(container))) ??
    validateLimits(task, context)
  );
}

function validateUnusedId(id: string, { liveTasks, unreachableTasks }: LaunchContext): Problem {
  if (liveTasks.has(id)) return `Task has duplicate ID: ${id}`;
  return unreachableTasks.has(id) ? `Task reuses the ID of an unreachable task: ${id}` : undefined;
}

function validateAgent({ agent_id }: TaskInfo, expected: string): Problem {
  return agent_id.value === expected
    ? undefined
    : `Task uses invalid agent ${agent_id.value} while agent ${expected} is expected`;
}

function validateTimes({ kill_policy, max_completion_time }: TaskInfo): Problem {
  if ((kill_policy?.grace_period?.nanoseconds ?? 0) < 0) {
    return "Task's 'kill_policy.grace_period' must be non-negative";
  }
  return (max_completion_time?.nanoseconds ?? 0) < 0 ? "Task's `max_completion_time` must be non-negative" : undefined;
}

function validateTaskResources(task: TaskInfo): Problem {
  const messages = task.resources ?? [];
  if (messages.length === 0) return 'Task uses no resources';
  const invalid = because('Task uses invalid resources: ', validateUse(messages));
  if (invalid !== undefined) return invalid;
  const resources = Resources.of(messages);
  return (
    because('Task uses duplicate persistence ID: ', validateUniquePersistenceIds(resources)) ??
    because('Invalid task resources: ', validateSingleAllocationRole(messages)) ??
    because('Task mixes revocable and non-revocable resources: ', validateRevocableNotMixed(resources))
  );
}

function validateLimits(task: TaskInfo, { agentCapabilities }: LaunchContext): Problem {
  const limits = Object.entries(task.limits ?? {});
  if (limits.length === 0) return undefined;
  if (!agentCapabilities.has('TASK_RESOURCE_LIMITS')) {
    return 'Agent is not capable of handling task resource limits';
  }
  if (limits.some(([name]) => name !== 'cpus' && name !== 'mem')) {
    return "Only cpus and mem may be included in a task's resource limits";
  }
  const requested = Resources.of(task.resources);
  return (
    validateLimit(task.limits?.cpus?.value, requested.scalar('cpus'), 'CPU', 'cpu') ??
    validateLimit(task.limits?.mem?.value, requested.scalar('mem'), 'memory', 'memory')
  );
}

function validateLimit(limit: number | undefined, request: number | undefined, Name: string, name: string): Problem {
  if (limit === undefined) return undefined;
  if (request === undefined) return `When a ${Name} limit is specified, a ${Name} request must also be specified`;
  return limit < request ? `The ${name} limit must be greater than or equal to the ${name} request` : undefined;
}

function validateOwnCgroups({ container }: TaskInfo): Problem {
  return shareCgroups(container) === false
    ? "Only tasks in a task group may have 'share_cgroups' set to 'false'"
    : undefined;
}

function validateTaskExecutor(task: TaskInfo, context: LaunchContext): Problem {
  const { executor } = task;
  if ((executor === undefined) === (task.command === undefined)) {
    return 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present';
  }
  const problem =
    (executor && (validateExecutorOnAgent(executor, context) ?? validateCustomExecutor(executor))) ??
    validateTogether(task);
  if (problem !== undefined) return problem;
  const isNew = executor !== undefined && context.executors.get(executor.executor_id.value) === undefined;
  const resources = Resources.of(task.resources);
  const total = isNew ? resources.plus(Resources.of(executor.resources)) : resources;
  return context.offered.contains(total)
    ? undefined
    : `Total resources ${total.format()} required by task and its executor is more than available ${context.offered.format()}`;
}

/** LAUNCH runs custom executors only. */
function validateCustomExecutor(executor: ExecutorInfo): Problem {
  if (executor.type !== undefined && executor.type !== 'CUSTOM') return "'ExecutorInfo.type' must be 'CUSTOM'";
  if (executor.command === undefined) return "'ExecutorInfo.command' must be set";
  const resources = Resources.of(executor.resources);
  if (!resources.shared().isEmpty) {
    return `Executor resources ${resources.format()} should not contain any shared resources`;
  }
  return validateExecutorShareCgroups(executor);
}

function validateTogether(task: TaskInfo): Problem {
  if (task.executor === undefined) return undefined; // the task's own have been looked at
  const own = Resources.of(task.resources);
  const executors = Resources.of(task.executor.resources);
  const total = own.plus(executors);
  const invalid = because('Task and its executor use invalid resources: ', validateUse(total.toMessages()));
  if (invalid !== undefined) return invalid;
  if (overlap([own, executors])) {
    return `There are overlapping resources in the task resources ${own.format()} and executor resources ${executors.format()}`;
  }
  return (
    because('Task and its executor use duplicate persistence ID: ', validateUniquePersistenceIds(total)) ??
    because('Task and its executor mix revocable and non-revocable resources: ', validateRevocableNotMixed(total))
  );
}
