// Whose process tree a container sees, and whose shared memory and System V IPC (mesos-semantics.md 10.2): its own, that of
// what it is nested in, or the agent's.
import type { ContainerInfo, LinuxInfo } from '../../../../mesos/generated/v1.ts';
import type { Confinement, SharedNamespaces } from '../../../../world/confinement.ts';
import { ContainerError } from '../containerizer.ts';
import type { ContainerizerOptions } from '../options.ts';
import type { ContainerFeatures } from './features.ts';

const MEGABYTE = 2 ** 20;

/** Of a container that others are nested in: `pids` and `ipc` are not the agent's, and this process has them. */
export interface OuterNamespaces extends SharedNamespaces {
  /** Its mounts cannot be shared: our tools are not there. */
  readonly hasOwnRoot: boolean;
}

/** What a container is that asks for namespaces. */
export interface NamespaceWish {
  readonly linux: LinuxInfo | undefined;
  readonly isDocker: boolean;
  readonly isNested: boolean;
  /** Of what it is nested in; undefined = it has those of the agent. */
  readonly outer: OuterNamespaces | undefined;
}

/** What becomes of it. */
export type NamespacePlan = Pick<
  Confinement,
  'ownPids' | 'ownIpc' | 'shares' | 'sharedMemoryBytes' | 'keepsSharedMemory'
>;

/** Whether it asks to share anything with what it is nested in, or with the agent. */
export function asksToShare(info: ContainerInfo | undefined): boolean {
  const { share_pid_namespace, ipc_mode } = info?.linux_info ?? {};
  return share_pid_namespace === true || ipc_mode === 'SHARE_PARENT';
}

/** Throws ContainerError for what is not allowed or cannot be. */
export function planNamespaces(
  features: ContainerFeatures,
  options: ContainerizerOptions,
  { linux, isDocker, isNested, outer }: NamespaceWish,
): NamespacePlan {
  const sharesPids = linux?.share_pid_namespace === true;
  const sharesIpc = linux?.ipc_mode === 'SHARE_PARENT';
  if (sharesPids && !isNested && options.disallowSharingAgentPidNamespace) {
    throw refused('sharing the pid namespace of the agent is not allowed (--disallow_sharing_agent_pid_namespace)');
  }
  if (sharesIpc && !isNested && options.disallowSharingAgentIpcNamespace) {
    throw refused('sharing the ipc namespace of the agent is not allowed (--disallow_sharing_agent_ipc_namespace)');
  }
  if (sharesIpc && linux?.shm_size !== undefined) throw refused('shm_size needs an ipc namespace of its own');
  const shares = outer && { pid: outer.pid, pids: sharesPids && outer.pids, ipc: sharesIpc && outer.ipc };
  if (shares?.ipc && outer?.hasOwnRoot) {
    throw refused('the ipc namespace of a container with an image cannot be shared');
  }
  const shmSize = linux?.shm_size === undefined ? options.defaultContainerShmSizeBytes : linux.shm_size * MEGABYTE;
  return {
    ownPids: !sharesPids && (features.pids || isDocker),
    ownIpc: !sharesIpc && (features.ipc || isDocker),
    ...((shares?.pids || shares?.ipc) && { shares }),
    sharedMemoryBytes: shmSize,
    keepsSharedMemory: sharesIpc,
  };
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
