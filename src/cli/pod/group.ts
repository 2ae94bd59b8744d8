// What a pod is to Mesos: a default executor and a task group, in the resources of one offer. Pure.
import type { ExecutorInfo, Offer, Offer_Operation, Resource, TaskInfo } from '../../mesos/generated/v1.ts';
import { Resources } from '../../mesos/resources.ts';
import { placeOn } from '../run/placement.ts';
import type { Wanted } from '../run/request.ts';
import type { PodRequest, PodTask } from './pod-file.ts';

/** What all of it needs together. */
export function podWants(pod: PodRequest): Wanted {
  const sum = (name: 'cpus' | 'mem' | 'disk') =>
    Math.round([pod.executor, ...pod.tasks].reduce((total, one) => total + one[name], 0) * 1000) / 1000;
  return wants(pod, { cpus: sum('cpus'), mem: sum('mem'), disk: sum('disk') });
}

/** The group in this offer; undefined when the offer does not do. */
export function podOperation(pod: PodRequest, offer: Offer, frameworkId: string): Offer_Operation | undefined {
  let left = offer;
  const take = (amounts: Amounts): Resource[] | undefined => {
    const taken = placeOn(wants(pod, amounts), left);
    if (taken === undefined) return undefined;
    left = { ...left, resources: Resources.of(left.resources).minus(Resources.of(taken)).toMessages() };
    return taken;
  };
  const own = take(pod.executor);
  if (own === undefined) return undefined;
  const executor: ExecutorInfo = {
    type: 'DEFAULT',
    executor_id: { value: pod.executorId },
    framework_id: { value: frameworkId },
    resources: own,
  };
  const tasks: TaskInfo[] = [];
  for (const task of pod.tasks) {
    const resources = take(task);
    if (resources === undefined) return undefined;
    tasks.push(taskInfo(pod, task, offer.agent_id.value, resources));
  }
  return { type: 'LAUNCH_GROUP', launch_group: { executor, task_group: { tasks } } };
}

interface Amounts {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
}

function wants({ attributes, role }: PodRequest, { cpus, mem, disk }: Amounts): Wanted {
  return { attributes: new Map(Object.entries(attributes)), role, cpus, memMb: mem, diskMb: disk, gpus: 0 };
}

function taskInfo(pod: PodRequest, task: PodTask, agentId: string, resources: Resource[]): TaskInfo {
  const { command } = task;
  const variables = Object.entries(task.env).map(([name, value]) => ({ name, value: String(value) }));
  const volumes = task.volumes.map(({ shared, path }) => ({
    mode: 'RW' as const,
    container_path: path,
    source: { type: 'SANDBOX_PATH' as const, sandbox_path: { type: 'PARENT' as const, path: shared } },
  }));
  const hasContainer = volumes.length > 0 || pod.separate_limits;
  return {
    name: task.name,
    task_id: { value: task.taskId },
    agent_id: { value: agentId },
    resources,
    command: {
      ...(typeof command === 'string'
        ? { shell: true, value: command }
        : { shell: false, value: command[0] ?? '', arguments: command }),
      user: pod.user,
      ...(task.uris.length > 0 && { uris: task.uris.map((value) => ({ value })) }),
      ...(variables.length > 0 && { environment: { variables } }),
    },
    ...(hasContainer && {
      container: {
        type: 'MESOS' as const,
        ...(volumes.length > 0 && { volumes }),
        ...(pod.separate_limits && { linux_info: { share_cgroups: false } }),
      },
    }),
    ...(task.healthCheck && { health_check: task.healthCheck }),
    ...(task.check && { check: task.check }),
  };
}
