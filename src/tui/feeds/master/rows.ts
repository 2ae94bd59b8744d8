// Messages of the operator API → rows of the view. Fifty thousand tasks are few different texts and amounts: equal ones are kept
// once.
import type { TaskGlance } from '../../../client/operator.ts';
import type { Response_GetAgents_Agent, Response_GetFrameworks_Framework } from '../../../mesos/generated/master.ts';
import type { AgentInfo, Attribute, Resource, TaskStatus, TimeInfo } from '../../../mesos/generated/v1.ts';
import { type MutableAmounts, noAmounts } from '../../view/amounts.ts';
import type { AgentRow, FrameworkRow, TaskRow } from '../../view/model.ts';
import { taskKey } from '../../view/task-ids.ts';

const DEFAULT_AGENT_PORT = 5051;

/** Sum of the scalars of all roles. */
export function amountsOf(resources: readonly Pick<Resource, 'name' | 'scalar'>[] | undefined): MutableAmounts {
  const sum = noAmounts();
  for (const { name, scalar } of resources ?? []) {
    const value = scalar?.value ?? 0;
    if (name === 'cpus') sum.cpus += value;
    else if (name === 'mem') sum.memMb += value;
    else if (name === 'disk') sum.diskMb += value;
    else if (name === 'gpus') sum.gpus += value;
  }
  return sum;
}

/** Revocable resources are no capacity: they are lent of what others have and do not use. */
const isOwn = ({ revocable }: Resource): boolean => revocable === undefined;

/** An agent that is registered. */
export function agentRow(agent: Response_GetAgents_Agent): AgentRow {
  const { agent_info: info } = agent;
  return {
    ...bareAgentRow(info),
    address: addressOf(info, agent.pid),
    version: agent.version,
    state: agentState(agent),
    registeredMs: msOf(agent.registered_time),
    reregisteredMs: msOf(agent.reregistered_time),
    total: amountsOf(agent.total_resources?.filter(isOwn)),
    allocated: amountsOf(agent.allocated_resources?.filter(isOwn)),
    resources: texts(agent.total_resources),
  };
}

/** One that the master knows from its registry only. */
export function recoveredAgentRow(info: AgentInfo): AgentRow {
  return { ...bareAgentRow(info), state: 'disconnected' };
}

function bareAgentRow(info: AgentInfo): AgentRow {
  const domain = info.domain?.fault_domain;
  return {
    id: info.id?.value ?? '',
    hostname: info.hostname,
    address: addressOf(info, undefined),
    region: domain?.region.name,
    zone: domain?.zone.name,
    version: '',
    state: 'active',
    registeredMs: undefined,
    reregisteredMs: undefined,
    total: noAmounts(),
    allocated: noAmounts(),
    offered: noAmounts(),
    attributes: (info.attributes ?? []).map(attributeText),
    resources: texts(info.resources),
    taskCount: 0,
  };
}

/** Draining comes before everything else that it is. */
export function agentState({ active, deactivated, drain_info }: Response_GetAgents_Agent): AgentRow['state'] {
  if (drain_info?.state === 'DRAINED') return 'drained';
  if (drain_info !== undefined) return 'draining';
  if (deactivated === true) return 'deactivated';
  return active ? 'active' : 'disconnected';
}

/** The pid has the address by which it can be reached without name services: `slave(1)@10.0.0.2:5051`. */
function addressOf({ hostname, port = DEFAULT_AGENT_PORT }: AgentInfo, pid: string | undefined): string {
  const at = pid?.lastIndexOf('@') ?? -1;
  return pid === undefined || at < 0 ? `${hostname}:${port}` : pid.slice(at + 1);
}

function attributeText({ name, text, scalar, ranges, set }: Attribute): string {
  if (text !== undefined) return `${name}:${text.value}`;
  if (scalar !== undefined) return `${name}:${scalar.value}`;
  if (set !== undefined) return `${name}:{${(set.item ?? []).join(',')}}`;
  return `${name}:[${(ranges?.range ?? []).map(({ begin, end }) => `${begin}-${end}`).join(',')}]`;
}

/** `ports(web):[31000-32000]`, one for each resource. */
function texts(resources: readonly Resource[] | undefined): readonly string[] {
  return (resources ?? []).map((resource) => {
    const { name, scalar, ranges, set, reservations, revocable } = resource;
    const role = reservations?.at(-1)?.role ?? resource.role ?? '*';
    const value =
      ranges !== undefined
        ? `[${(ranges.range ?? []).map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`
        : set !== undefined
          ? `{${(set.item ?? []).join(', ')}}`
          : `${scalar?.value ?? 0}`;
    return `${name}(${role})${revocable === undefined ? '' : '{REV}'}:${value}`;
  });
}

/** A framework, whatever its state. */
export function frameworkRow(framework: Response_GetFrameworks_Framework, isCompleted = false): FrameworkRow {
  const { framework_info: info } = framework;
  return {
    id: info.id?.value ?? '',
    name: info.name,
    user: info.user,
    roles: info.roles ?? [info.role ?? '*'],
    principal: info.principal,
    hostname: info.hostname ?? '',
    webuiUrl: info.webui_url,
    state: isCompleted ? 'completed' : frameworkState(framework),
    registeredMs: msOf(framework.registered_time),
    capabilities: (info.capabilities ?? []).flatMap(({ type }) => type ?? []),
    allocated: amountsOf(framework.allocated_resources),
    offered: noAmounts(),
    taskCount: 0,
    offersSent: 0,
  };
}

function frameworkState({ connected, active }: Response_GetFrameworks_Framework): FrameworkRow['state'] {
  if (!connected) return 'disconnected';
  return active ? 'active' : 'inactive';
}

/** A task with what its statuses tell. */
export function taskRow(task: TaskGlance): TaskRow {
  const statuses = task.statuses ?? [];
  const latest = statuses.at(-1);
  const frameworkId = task.framework_id.value;
  const id = task.task_id.value;
  return {
    key: taskKey(frameworkId, id),
    id,
    frameworkId,
    agentId: task.agent_id.value,
    executorId: task.executor_id?.value,
    name: task.name,
    role: task.resources?.[0]?.allocation_info?.role ?? '*',
    state: task.state,
    healthy: latest?.healthy,
    amounts: amountsOf(task.resources),
    startedMs: timestampMs(statuses[0]),
    changedMs: timestampMs(latest),
    message: latest?.message ?? '',
    reason: latest?.reason,
  };
}

/** What a status changes of its task's row. */
export function taskChange(
  status: TaskStatus,
  state: string,
): Pick<TaskRow, 'state' | 'healthy' | 'changedMs' | 'message' | 'reason'> {
  return {
    state,
    healthy: status.healthy,
    changedMs: timestampMs(status),
    message: status.message ?? '',
    reason: status.reason,
  };
}

function timestampMs(status: Pick<TaskStatus, 'timestamp'> | undefined): number | undefined {
  return status?.timestamp === undefined ? undefined : status.timestamp * 1000;
}

/** Nanoseconds; 0 is a time that has not come. */
function msOf(time: TimeInfo | undefined): number | undefined {
  return time === undefined || time.nanoseconds === 0 ? undefined : time.nanoseconds / 1e6;
}
