// The TaskInfo of an instance (marathon.md 15.2).
import type { ExecutorInfo, Offer, TaskInfo, Value_Scalar } from '../../../../mesos/generated/v1.ts';
import type { App, ResourceLimits } from '../../model/app.ts';
import { hostName } from '../../model/path-id.ts';
import { executorPath } from '../executor-path.ts';
import type { Match } from '../match.ts';
import { checkOf, healthCheckOf } from './checks.ts';
import { commandOf, executorCommandOf } from './command.ts';
import { containerOf } from './container.ts';
import { discoveryOf } from './discovery.ts';
import { environmentOf } from './environment.ts';
import { labelsOf } from './labels.ts';
import { taskPorts } from './task-ports.ts';

/** Members named as the flags they come from. */
export interface TaskOptions {
  readonly envVarsPrefix: string | undefined;
  readonly mesosBridgeName: string;
  /** Of apps that name none; `//cmd` = none of its own. */
  readonly executor: string;
}

/** One launch. */
export interface TaskLaunch {
  readonly app: App;
  readonly taskId: string;
  readonly match: Pick<Match, 'resources' | 'executorResources' | 'ports' | 'containerPorts' | 'place'>;
  readonly offer: Pick<Offer, 'agent_id' | 'framework_id'>;
  /** Whether the app's top-level group makes its name the role of its services (marathon.md 5.2). */
  readonly enforceGroupRole: boolean;
  readonly options: TaskOptions;
}

/** Complete, ready for a LAUNCH operation. */
export function buildTaskInfo({ app, taskId, match, offer, enforceGroupRole, options }: TaskLaunch): TaskInfo {
  const ports = taskPorts(app, match);
  const prefix = options.envVarsPrefix;
  const variables = environmentOf({ app, taskId, host: match.place.host, ports, enforceGroupRole, prefix });
  const container = containerOf(app, { taskId, ports, bridgeName: options.mesosBridgeName });
  const path = executorPath(app, options.executor);
  const labels = labelsOf(app.labels);
  const healthCheck = healthCheckOf(app, ports);
  const check = checkOf(app, ports);
  const limits = app.resourceLimits && limitsOf(app.resourceLimits);
  const grace = app.taskKillGracePeriodSeconds;
  const task: TaskInfo = {
    name: hostName(app.id),
    task_id: { value: taskId },
    agent_id: offer.agent_id,
    resources: [...match.resources],
    discovery: discoveryOf(app, ports),
  };
  if (labels !== undefined) task.labels = labels;
  if (healthCheck !== undefined) task.health_check = healthCheck;
  if (check !== undefined) task.check = check;
  if (limits !== undefined) task.limits = limits;
  if (grace !== undefined) task.kill_policy = { grace_period: { nanoseconds: grace * 1e9 } };
  if (path === undefined) {
    task.command = commandOf(app, variables);
    if (container !== undefined) task.container = container;
    return task;
  }
  const executor: ExecutorInfo = {
    executor_id: { value: `marathon-${taskId}` },
    framework_id: offer.framework_id,
    command: executorCommandOf(app, path, variables),
  };
  if (match.executorResources.length > 0) executor.resources = [...match.executorResources];
  if (container !== undefined) executor.container = container;
  task.executor = executor;
  return task;
}

function limitsOf(limits: ResourceLimits): Record<string, Value_Scalar> {
  const found: Record<string, Value_Scalar> = {};
  for (const name of ['cpus', 'mem'] as const) {
    const limit = limits[name];
    if (limit !== undefined) found[name] = { value: limit === 'unlimited' ? Number.POSITIVE_INFINITY : limit };
  }
  return found;
}
