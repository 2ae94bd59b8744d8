// One picture of the cluster, asked for once: tasks, agents and frameworks as the views need them.
import type { MasterClient } from '../../client/operator.ts';
import type { Response_GetAgents_Agent, Response_GetFrameworks_Framework } from '../../mesos/generated/master.ts';
import type { Attribute, Task, TaskStatus } from '../../mesos/generated/v1.ts';
import { isTerminalState } from '../../mesos/task-state.ts';
import { amounts, amountsApart } from './resources.ts';

/** One task of the picture. Amounts in units, memory in MB. */
export interface TaskEntry {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly state: string;
  /** Still to end, as far as the master knows. */
  readonly live: boolean;
  readonly frameworkId: string;
  readonly frameworkName: string;
  readonly executorId: string;
  readonly agentId: string;
  readonly agentHostname: string;
  readonly resources: Readonly<Record<string, number>>;
  /** Milliseconds since 1970 of the first RUNNING, and of the last status. */
  readonly startedAtMs: number | undefined;
  readonly changedAtMs: number | undefined;
  readonly message: string | undefined;
  readonly reason: string | undefined;
  readonly task: Task;
}

/** One registered agent. Amounts in units, memory in MB. */
export interface AgentEntry {
  readonly id: string;
  readonly names: readonly string[];
  readonly hostname: string;
  /** `http://ip:port`. */
  readonly url: string;
  readonly state: 'active' | 'inactive' | 'deactivated' | 'draining' | 'drained';
  readonly attributes: Readonly<Record<string, string>>;
  readonly total: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
  readonly offered: Readonly<Record<string, number>>;
  readonly registeredAtMs: number | undefined;
  readonly version: string;
  readonly agent: Response_GetAgents_Agent;
}

/** One framework, completed ones included. */
export interface FrameworkEntry {
  readonly id: string;
  readonly names: readonly string[];
  readonly name: string;
  readonly user: string;
  readonly roles: readonly string[];
  readonly state: 'active' | 'inactive' | 'disconnected' | 'completed';
  readonly used: Readonly<Record<string, number>>;
  readonly registeredAtMs: number | undefined;
  readonly framework: Response_GetFrameworks_Framework;
}

/** All of one moment, from one answer of the master. */
export interface ClusterPicture {
  readonly tasks: readonly TaskEntry[];
  readonly agents: readonly AgentEntry[];
  readonly frameworks: readonly FrameworkEntry[];
}

/** One GET_STATE. Throws ApiError. */
export async function clusterPicture(master: MasterClient): Promise<ClusterPicture> {
  const state = await master.getState();
  const agents = (state.get_agents?.agents ?? []).map(agentEntry);
  const frameworks = [
    ...(state.get_frameworks?.frameworks ?? []).map((framework) => frameworkEntry(framework, false)),
    ...(state.get_frameworks?.completed_frameworks ?? []).map((framework) => frameworkEntry(framework, true)),
  ];
  const { tasks: live = [], unreachable_tasks = [], completed_tasks = [] } = state.get_tasks ?? {};
  const hostnames = new Map(agents.map(({ id, hostname }) => [id, hostname]));
  const frameworkNames = new Map(frameworks.map(({ id, name }) => [id, name]));
  const entry = (isLive: boolean) => (task: Task) => taskEntry(task, isLive, hostnames, frameworkNames);
  return {
    tasks: [...live.map(entry(true)), ...unreachable_tasks.map(entry(true)), ...completed_tasks.map(entry(false))],
    agents,
    frameworks,
  };
}

function taskEntry(
  task: Task,
  isLive: boolean,
  hostnames: ReadonlyMap<string, string>,
  frameworkNames: ReadonlyMap<string, string>,
): TaskEntry {
  const statuses = task.statuses ?? [];
  const last: TaskStatus | undefined = statuses.at(-1);
  const running = statuses.find(({ state }) => state === 'TASK_RUNNING');
  return {
    id: task.task_id.value,
    name: task.name,
    names: [task.name],
    state: task.state,
    live: isLive && !isTerminalState(task.state),
    frameworkId: task.framework_id.value,
    frameworkName: frameworkNames.get(task.framework_id.value) ?? '',
    // A command task's executor is the built-in one, named like the task (mesos-observed.md 36).
    executorId: task.executor_id?.value || task.task_id.value,
    agentId: task.agent_id.value,
    agentHostname: hostnames.get(task.agent_id.value) ?? '',
    resources: amounts(task.resources),
    startedAtMs: running?.timestamp === undefined ? undefined : running.timestamp * 1000,
    changedAtMs: last?.timestamp === undefined ? undefined : last.timestamp * 1000,
    message: last?.message,
    reason: last?.reason,
    task,
  };
}

function agentEntry(agent: Response_GetAgents_Agent): AgentEntry {
  const { agent_info: info, pid } = agent;
  const address = pid?.slice(pid.indexOf('@') + 1) || `${info.hostname}:${info.port ?? 5051}`;
  return {
    id: info.id?.value ?? '',
    names: [info.hostname],
    hostname: info.hostname,
    url: `http://${address}`,
    state: agentState(agent),
    attributes: Object.fromEntries(
      (info.attributes ?? []).map((attribute) => [attribute.name, attributeText(attribute)]),
    ),
    total: amountsApart(agent.total_resources),
    used: amountsApart(agent.allocated_resources),
    offered: amountsApart(agent.offered_resources),
    registeredAtMs: milliseconds(agent.reregistered_time ?? agent.registered_time),
    version: agent.version,
    agent,
  };
}

/** What an operator asked for comes before everything else. */
function agentState({ active, deactivated, drain_info }: Response_GetAgents_Agent): AgentEntry['state'] {
  if (drain_info !== undefined) return drain_info.state === 'DRAINED' ? 'drained' : 'draining';
  if (deactivated === true) return 'deactivated';
  return active ? 'active' : 'inactive';
}

/** The value alone, ranges and sets in brackets. */
export function attributeText({ scalar, text, ranges, set }: Attribute): string {
  if (scalar !== undefined) return String(scalar.value);
  if (text !== undefined) return text.value;
  if (ranges !== undefined) return `[${(ranges.range ?? []).map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;
  return `{${(set?.item ?? []).join(', ')}}`;
}

function frameworkEntry(framework: Response_GetFrameworks_Framework, completed: boolean): FrameworkEntry {
  const { framework_info: info } = framework;
  const state = completed
    ? 'completed'
    : framework.active
      ? 'active'
      : framework.connected
        ? 'inactive'
        : 'disconnected';
  return {
    id: info.id?.value ?? '',
    names: [info.name],
    name: info.name,
    user: info.user,
    roles: info.roles ?? [info.role ?? '*'],
    state,
    used: amounts(framework.allocated_resources),
    registeredAtMs: milliseconds(framework.registered_time),
    framework,
  };
}

function milliseconds(time: { readonly nanoseconds: number } | undefined): number | undefined {
  return time === undefined ? undefined : time.nanoseconds / 1e6;
}
