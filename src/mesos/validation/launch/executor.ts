// ExecutorInfo of tasks and task groups (mesos-api.md 14.2, 14.3).
import { formatText } from '../../codec/text-format.ts';
import { stringify } from '../../codec.ts';
import { ExecutorInfo } from '../../generated/v1.ts';
import { validateId } from '../../ids.ts';
import { Resources } from '../../resources.ts';
import { validateCommandInfo } from '../command-info.ts';
import { shareCgroups, validateContainerInfo } from '../container-info.ts';
import { because, type Problem } from '../problem.ts';
import {
  validateRevocableNotMixed,
  validateSingleAllocationRole,
  validateUniquePersistenceIds,
  validateUse,
} from '../resources.ts';
import type { LaunchContext } from './launch-context.ts';

/** What can be said of an executor alone. */
function validateExecutorInfo(executor: ExecutorInfo): Problem {
  const { command, container } = executor;
  return (
    validateType(executor) ??
    validateId(executor.executor_id.value) ??
    validateShutdownGracePeriod(executor) ??
    (command && because("Executor's `CommandInfo` is invalid: ", validateCommandInfo(command))) ??
    (container && because("Executor's `ContainerInfo` is invalid: ", validateContainerInfo(container)))
  );
}

/** Also its framework, its resources and, if it already runs there, that it is the same. */
export function validateExecutorOnAgent(executor: ExecutorInfo, context: LaunchContext): Problem {
  return (
    validateExecutorInfo(executor) ??
    validateFrameworkId(executor, context.frameworkId) ??
    validateExecutorResources(executor) ??
    validateCompatible(executor, context.executors.get(executor.executor_id.value))
  );
}

function validateType({ type, command, container }: ExecutorInfo): Problem {
  if (type === 'CUSTOM' && command === undefined) return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
  if (type !== 'DEFAULT') return undefined;
  if (command !== undefined) return "'ExecutorInfo.command' must not be set for 'DEFAULT' executor";
  if (container === undefined) return undefined;
  if (container.type !== 'MESOS') return "'ExecutorInfo.container.type' must be 'MESOS' for 'DEFAULT' executor";
  return container.mesos?.image === undefined
    ? undefined
    : "'ExecutorInfo.container.mesos.image' must not be set for 'DEFAULT' executor";
}

function validateShutdownGracePeriod({ shutdown_grace_period }: ExecutorInfo): Problem {
  return (shutdown_grace_period?.nanoseconds ?? 0) < 0
    ? "ExecutorInfo's 'shutdown_grace_period' must be non-negative"
    : undefined;
}

function validateFrameworkId({ framework_id }: ExecutorInfo, expected: string): Problem {
  if (framework_id === undefined) return "'ExecutorInfo.framework_id' must be set";
  return framework_id.value === expected
    ? undefined
    : `ExecutorInfo has an invalid FrameworkID (Actual: ${framework_id.value} vs Expected: ${expected})`;
}

function validateExecutorResources(executor: ExecutorInfo): Problem {
  const messages = executor.resources ?? [];
  const invalid = because('Executor uses invalid resources: ', validateUse(messages));
  if (invalid !== undefined) return invalid;
  const resources = Resources.of(messages);
  return (
    because('Executor uses duplicate persistence ID: ', validateUniquePersistenceIds(resources)) ??
    because('Invalid executor resources: ', validateSingleAllocationRole(messages)) ??
    because('Executor mixes revocable and non-revocable resources: ', validateRevocableNotMixed(resources))
  );
}

/** Are they the same executor? Resources are compared as quantities, all else as it was sent. */
export function isSameExecutor(a: ExecutorInfo, b: ExecutorInfo): boolean {
  if (!Resources.of(a.resources).equals(Resources.of(b.resources))) return false;
  return stringify(ExecutorInfo, { ...a, resources: [] }) === stringify(ExecutorInfo, { ...b, resources: [] });
}

const RULER = '-'.repeat(60);

function validateCompatible(executor: ExecutorInfo, existing: ExecutorInfo | undefined): Problem {
  if (existing === undefined || isSameExecutor(executor, existing)) return undefined;
  return [
    'ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID.',
    RULER,
    'Existing ExecutorInfo:',
    formatText(ExecutorInfo, existing),
    RULER,
    'ExecutorInfo:',
    formatText(ExecutorInfo, executor),
    RULER,
    '',
  ].join('\n');
}

/** An executor of a task group always has cgroups of its own. */
export function validateExecutorShareCgroups({ container }: ExecutorInfo): Problem {
  return shareCgroups(container) === true
    ? "The 'share_cgroups' field cannot be set to 'true' on executor containers"
    : undefined;
}
