// Tasks as frameworks of every age send them → as the master works with them: resources in the new reservation format with
// the offers' allocation role, executors with their framework, health checks with their type (mesos-api.md 12.3, 14.2).
import type { ExecutorInfo, Resource, TaskInfo } from '../../../../mesos/generated/v1.ts';
import { withInferredType } from '../../../../mesos/validation/checks.ts';
import { normalisedResource } from '../../operations/normalise.ts';

/**
 * A copy; the given message is left alone. Resources that contradict themselves stay as they are, for validation to
 * name.
 */
export function normalisedTask(task: TaskInfo, frameworkId: string, role: string): TaskInfo {
  const normalised: TaskInfo = { ...task };
  if (task.resources !== undefined) normalised.resources = normalisedResources(task.resources, role);
  if (task.executor !== undefined) {
    normalised.executor = normalisedExecutor(
      { ...task.executor, framework_id: task.executor.framework_id ?? { value: frameworkId } },
      role,
    );
  }
  if (task.health_check !== undefined) normalised.health_check = withInferredType(task.health_check);
  return normalised;
}

/** Task groups leave `framework_id` to the client (mesos-api.md 14.3). */
export function normalisedExecutor(executor: ExecutorInfo, role: string): ExecutorInfo {
  if (executor.resources === undefined) return executor;
  return { ...executor, resources: normalisedResources(executor.resources, role) };
}

function normalisedResources(resources: readonly Resource[], role: string): Resource[] {
  return resources.map((resource) => normalisedResource(resource, role));
}
