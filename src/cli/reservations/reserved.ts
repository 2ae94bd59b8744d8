// What is reserved on agents and the volumes there are, out of what the master tells of its agents.
import type { Resource } from '../../mesos/generated/v1.ts';
import { isDynamicallyReserved, isPersistentVolume, reservationRole } from '../../mesos/validation/resources.ts';
import type { AgentEntry, ClusterPicture, TaskEntry } from '../views/cluster-picture.ts';

/** A persistent volume on an agent. */
export interface VolumeEntry {
  /** Agent, role and persistence id, with slashes between. */
  readonly id: string;
  /** What people call it. */
  readonly names: readonly string[];
  /** One of a kind for its role on its agent. */
  readonly persistenceId: string;
  readonly role: string;
  readonly megabytes: number;
  readonly containerPath: string;
  readonly isShared: boolean;
  /** Of the disk that it was made on: `ROOT` is the agent's work directory. */
  readonly disk: string;
  readonly agent: AgentEntry;
  /** Of the tasks that use it. */
  readonly taskIds: readonly string[];
  readonly resource: Resource;
}

/** What the agent has reserved by operations to `role`, or to any; volumes not among it. */
export function reservedOn(agent: AgentEntry, role?: string): Resource[] {
  return (agent.agent.total_resources ?? []).filter(
    (resource) =>
      isDynamicallyReserved(resource) &&
      !isPersistentVolume(resource) &&
      (role === undefined || reservationRole(resource) === role),
  );
}

/** Sorted by agent, role and id. */
export function volumesOf({ agents, tasks }: ClusterPicture): VolumeEntry[] {
  const live = tasks.filter((task) => task.live);
  return agents
    .flatMap((agent) =>
      (agent.agent.total_resources ?? []).filter(isPersistentVolume).map((one) => entry(agent, one, live)),
    )
    .sort((a, b) => key(a).localeCompare(key(b), 'en', { numeric: true }));
}

const key = ({ agent, id }: VolumeEntry): string => `${agent.hostname} ${id}`;

function entry(agent: AgentEntry, resource: Resource, tasks: readonly TaskEntry[]): VolumeEntry {
  const { disk, scalar, shared } = resource;
  const id = disk?.persistence?.id ?? '';
  const role = reservationRole(resource);
  const uses = ({ agentId, task }: TaskEntry): boolean =>
    agentId === agent.id &&
    (task.resources ?? []).some((used) => used.disk?.persistence?.id === id && reservationRole(used) === role);
  return {
    id: `${agent.id}/${role}/${id}`,
    names: [id, `${role}/${id}`],
    persistenceId: id,
    role,
    megabytes: scalar?.value ?? 0,
    containerPath: disk?.volume?.container_path ?? '',
    isShared: shared !== undefined,
    disk: disk?.source === undefined ? 'ROOT' : (disk.source.path?.root ?? disk.source.mount?.root ?? disk.source.type),
    agent,
    taskIds: tasks.filter(uses).map((task) => task.id),
    resource,
  };
}
