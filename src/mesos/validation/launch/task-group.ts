// Task groups of LAUNCH_GROUP (mesos-api.md 14.3): what is wrong with one is wrong with all of its tasks. Expects tasks as
// the master has normalised them, each with the group's executor copied in.
import type { ContainerInfo, ExecutorInfo, TaskGroupInfo, TaskInfo } from '../../generated/v1.ts';
import { Resources } from '../../resources.ts';
import { formatBytes } from '../../text/bytes.ts';
import { shareCgroups } from '../container-info.ts';
import { because, firstProblem, type Problem } from '../problem.ts';
import { overlap, validateRevocableNotMixed, validateUniquePersistenceIds } from '../resources.ts';
import { isSameExecutor, validateExecutorOnAgent, validateExecutorShareCgroups } from './executor.ts';
import type { LaunchContext } from './launch-context.ts';
import { validateTaskInfo } from './task.ts';

/** The least an executor of a task group must have. */
const MIN_EXECUTOR_CPUS = 0.01;
const MIN_EXECUTOR_MEM_MB = 32;

/** Tasks one by one, then the executor, then what both must agree on. `executor` normalised as the tasks are. */
export function validateTaskGroup(group: TaskGroupInfo, executor: ExecutorInfo, context: LaunchContext): Problem {
  const tasks = group.tasks ?? [];
  return (
    firstProblem(tasks, (task) =>
      because(`Task '${task.task_id.value}' is invalid: `, validateGroupTask(task, context)),
    ) ??
    validateGroupExecutor(tasks, executor, context) ??
    validateExecutorShareCgroups(executor) ??
    validateSameCgroups(tasks, executor, context)
  );
}

function validateGroupTask(task: TaskInfo, context: LaunchContext): Problem {
  const problem = validateTaskInfo(task, context);
  if (problem !== undefined) return problem;
  if (task.executor === undefined) return "'TaskInfo.executor' must be set";
  const { container, health_check } = task;
  const hasOwnNetwork = (container?.network_infos ?? []).length > 0;
  if (hasOwnNetwork && (health_check?.type === 'HTTP' || health_check?.type === 'TCP')) {
    return "HTTP and TCP health checks are not supported for nested containers not joining parent's network";
  }
  if (container?.type === 'DOCKER') return 'Docker ContainerInfo is not supported on the task';
  if (Object.keys(task.limits ?? {}).length > 0 && shareCgroups(container) !== false) {
    return "Resource limits may only be set for tasks within a task group when the 'share_cgroups' field is set to 'false'.";
  }
  return undefined;
}

function validateGroupExecutor(tasks: readonly TaskInfo[], executor: ExecutorInfo, context: LaunchContext): Problem {
  return (
    validateExecutorOnAgent(executor, context) ??
    validateGroupExecutorKind(executor) ??
    firstProblem(tasks, (task) =>
      task.executor === undefined || isSameExecutor(task.executor, executor)
        ? undefined
        : `The \`ExecutorInfo\` of task '${task.task_id.value}' is different from executor '${executor.executor_id.value}'`,
    ) ??
    validateMinimum(executor) ??
    validateTogether(tasks, executor) ??
    validateFits(tasks, executor, context)
  );
}

function validateGroupExecutorKind({ type, container }: ExecutorInfo): Problem {
  if (type === undefined) return "'ExecutorInfo.type' must be set";
  if (type === 'UNKNOWN') return 'Unknown executor type';
  return container?.type === 'DOCKER' ? 'Docker ContainerInfo is not supported on the executor' : undefined;
}

function validateMinimum(executor: ExecutorInfo): Problem {
  const named = `Executor '${executor.executor_id.value}'`;
  const resources = Resources.of(executor.resources);
  const cpus = resources.scalar('cpus');
  if (cpus === undefined || cpus < MIN_EXECUTOR_CPUS) {
    return `${named} uses less CPUs (${cpus ?? 'None'}) than the minimum required (${MIN_EXECUTOR_CPUS})`;
  }
  const mem = resources.scalar('mem');
  if (mem === undefined || mem < MIN_EXECUTOR_MEM_MB) {
    const has = mem === undefined ? 'None' : megabytes(mem);
    return `${named} uses less memory (${has}) than the minimum required (${megabytes(MIN_EXECUTOR_MEM_MB)})`;
  }
  return resources.scalar('disk') === undefined ? `${named} uses no disk` : undefined;
}

function megabytes(amount: number): string {
  return formatBytes(Math.trunc(amount * 1024 * 1024));
}

function validateTogether(tasks: readonly TaskInfo[], executor: ExecutorInfo): Problem {
  const parts = tasks.map((task) => Resources.of(task.resources));
  const executors = Resources.of(executor.resources);
  const total = Resources.sum([executors, ...parts]);
  const problem =
    because('Task group and executor use duplicate persistence ID: ', validateUniquePersistenceIds(total)) ??
    because('Task group and executor mix revocable and non-revocable resources: ', validateRevocableNotMixed(total));
  if (problem !== undefined || !overlap([executors, ...parts])) return problem;
  const listed = parts.map((part) => part.format()).join(', ');
  return `There are overlapping resources in the task group's task resources { ${listed} } and/or executor resources ${executors.format()}`;
}

function validateFits(tasks: readonly TaskInfo[], executor: ExecutorInfo, context: LaunchContext): Problem {
  const isNew = context.executors.get(executor.executor_id.value) === undefined;
  const parts = tasks.map((task) => Resources.of(task.resources));
  const total = Resources.sum(isNew ? [...parts, Resources.of(executor.resources)] : parts);
  return context.offered.contains(total)
    ? undefined
    : `Total resources ${total.format()} required by task group and its executor are more than available ${context.offered.format()}`;
}

/** All tasks under one executor either share its cgroups or none does; unset means they do. */
function validateSameCgroups(tasks: readonly TaskInfo[], executor: ExecutorInfo, context: LaunchContext): Problem {
  if (tasks.length === 0) return undefined;
  const shares = (container: ContainerInfo | undefined): boolean => shareCgroups(container) ?? true;
  const all = [...tasks.map((task) => task.container), ...context.containersUnder(executor.executor_id.value)];
  return new Set(all.map(shares)).size > 1
    ? "If set, the value of 'share_cgroups' must be the same for all tasks in each task group and under a single executor"
    : undefined;
}
