// Makes TaskStatus messages. Every status the agent makes has a uuid and goes through the reliable path.
import type {
  CheckStatusInfo,
  ContainerStatus,
  NetworkInfo,
  TaskResourceLimitation,
  TaskState,
  TaskStatus,
  TaskStatus_Reason,
  TaskStatus_Source,
} from '../../../../mesos/generated/v1.ts';
import { uuidBase64 } from '../../../../mesos/uuid.ts';
import type { World } from '../../../../world/world.ts';
import { containerIdOf } from '../../containers/container-id.ts';
import type { ContainerCheckpoint } from '../../containers/containerizer.ts';

/** What is new about a task, without who, when and the uuid. */
export interface StatusFacts {
  readonly state: TaskState;
  readonly source: TaskStatus_Source;
  readonly reason?: TaskStatus_Reason;
  readonly message?: string;
  readonly containerStatus?: ContainerStatus;
  readonly limitation?: TaskResourceLimitation;
  readonly healthy?: boolean;
  readonly checkStatus?: CheckStatusInfo;
}

/** Which task a status is about. */
export interface StatusSubject {
  readonly taskId: string;
  readonly agentId: string;
  /** Absent for tasks that this agent has no executor for. */
  readonly executorId?: string;
}

/** A status of now, with a fresh uuid. */
export function makeStatus(
  world: Pick<World, 'clock' | 'random'>,
  subject: StatusSubject,
  facts: StatusFacts,
): TaskStatus {
  return {
    task_id: { value: subject.taskId },
    state: facts.state,
    ...(facts.message !== undefined && { message: facts.message }),
    source: facts.source,
    ...(facts.reason !== undefined && { reason: facts.reason }),
    agent_id: { value: subject.agentId },
    ...(subject.executorId !== undefined && { executor_id: { value: subject.executorId } }),
    timestamp: world.clock.nowMs() / 1000,
    uuid: uuidBase64(world.random.uuid()),
    ...(facts.healthy !== undefined && { healthy: facts.healthy }),
    ...(facts.checkStatus && { check_status: facts.checkStatus }),
    ...(facts.containerStatus && { container_status: facts.containerStatus }),
    ...(facts.limitation && { limitation: facts.limitation }),
  };
}

/**
 * `container_status`: with the networks of its own, or for one in the agent's with the address of that
 * (mesos-semantics.md 6.1).
 */
export function containerStatusOf(
  containerId: string,
  agentIp: string,
  container: Pick<ContainerCheckpoint, 'process' | 'networkInfos'> | undefined,
): ContainerStatus {
  const { process: runner, networkInfos } = container ?? {};
  const agents: NetworkInfo = {
    ip_addresses: [{ protocol: agentIp.includes(':') ? 'IPv6' : 'IPv4', ip_address: agentIp }],
  };
  return {
    container_id: containerIdOf(containerId),
    network_infos: networkInfos === undefined ? [agents] : [...networkInfos],
    ...(runner !== undefined && { executor_pid: runner.pid }),
  };
}

/** LOST says "it is gone" to old frameworks; those that are PARTITION_AWARE hear why (mesos-semantics.md 5.1). */
export function lostOr(state: TaskState, isPartitionAware: boolean): TaskState {
  return isPartitionAware ? state : 'TASK_LOST';
}
