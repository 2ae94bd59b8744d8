// The task object of the JSON endpoints, with its statuses (mesos-api.md 8.2): the same on master and agent.
import { toJson } from '../../../mesos/codec.ts';
import {
  CgroupInfo,
  CheckStatusInfo,
  ContainerInfo,
  type ContainerStatus,
  DiscoveryInfo,
  HealthCheck,
  type Label,
  type Labels,
  NetworkInfo,
  type Task,
  type TaskStatus,
} from '../../../mesos/generated/v1.ts';
import { flattened } from './resources.ts';

/** Ready for JSON.stringify. What is unset is left out, save for what the original fills with empty texts. */
export function taskObject(task: Task): Record<string, unknown> {
  const resources = task.resources ?? [];
  return {
    id: task.task_id.value,
    name: task.name,
    framework_id: task.framework_id.value,
    executor_id: task.executor_id?.value ?? '',
    slave_id: task.agent_id.value,
    state: task.state,
    resources: flattened(resources),
    ...(task.limits && { limits: limitsObject(task.limits) }),
    role: resources[0]?.allocation_info?.role ?? '*',
    statuses: (task.statuses ?? []).map(statusObject),
    ...(task.user !== undefined && { user: task.user }),
    ...(hasLabels(task.labels) && { labels: labelList(task.labels) }),
    ...(task.discovery && { discovery: toJson(DiscoveryInfo, task.discovery) }),
    ...(task.container && { container: toJson(ContainerInfo, task.container) }),
    ...(task.health_check && { health_check: toJson(HealthCheck, task.health_check) }),
  };
}

function statusObject(status: TaskStatus): Record<string, unknown> {
  return {
    state: status.state,
    timestamp: status.timestamp ?? 0,
    ...(hasLabels(status.labels) && { labels: labelList(status.labels) }),
    ...(status.container_status && { container_status: containerStatusObject(status.container_status) }),
    ...(status.healthy !== undefined && { healthy: status.healthy }),
    ...(status.check_status && { check_status: toJson(CheckStatusInfo, status.check_status) }),
  };
}

/** Tools read a task's address from here; the executor's pid is left out. */
function containerStatusObject(status: ContainerStatus): Record<string, unknown> {
  const networks = status.network_infos ?? [];
  return {
    ...(status.container_id && { container_id: status.container_id }),
    ...(networks.length > 0 && { network_infos: networks.map((network) => toJson(NetworkInfo, network)) }),
    ...(status.cgroup_info && { cgroup_info: toJson(CgroupInfo, status.cgroup_info) }),
  };
}

/** A limit of infinity is written as text, numbers as numbers. */
function limitsObject(limits: Readonly<Record<string, { readonly value: number }>>): Record<string, number | string> {
  const result: Record<string, number | string> = {};
  for (const [name, { value }] of Object.entries(limits)) result[name] = Number.isFinite(value) ? value : 'Infinity';
  return result;
}

/** The original leaves empty lists of labels out. */
export function hasLabels(labels: Labels | undefined): labels is Labels {
  return labels?.labels !== undefined && labels.labels.length > 0;
}

/** The bare list, without the message around it. */
export function labelList(labels: Labels): readonly Label[] {
  return labels.labels ?? [];
}
