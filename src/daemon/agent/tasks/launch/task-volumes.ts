// The persistent volumes among what a task or an executor uses, as its container is to have them (mesos-semantics.md 4, 9.2).
import type { ContainerInfo, Resource, Volume } from '../../../../mesos/generated/v1.ts';
import { isPersistentVolume } from '../../../../mesos/validation/resources.ts';
import type { PersistentVolume } from '../../containers/containerizer.ts';
import type { AgentResources } from '../../resources/agent-resources.ts';

/** Waits for the operations that came before, so that the volumes are there. */
export async function persistentVolumes(
  agent: Pick<AgentResources, 'settled' | 'directoryOf'>,
  resources: readonly Resource[] | undefined,
): Promise<readonly PersistentVolume[]> {
  const volumes = (resources ?? []).filter(isPersistentVolume);
  if (volumes.length === 0) return [];
  await agent.settled();
  return volumes.map((volume) => ({
    source: agent.directoryOf(volume),
    containerPath: volume.disk?.volume?.container_path ?? '',
    isReadOnly: volume.disk?.volume?.mode === 'RO',
    isShared: volume.shared !== undefined,
  }));
}

/**
 * A task of a group reaches a volume of its executor through a volume in the sandbox of that one: such a volume is the
 * persistent one itself, and the others are left. Only as a whole: what is below is the tasks' own, and may be a link.
 */
export function inherited(
  container: ContainerInfo | undefined,
  ofExecutor: readonly PersistentVolume[],
): { readonly container: ContainerInfo | undefined; readonly volumes: readonly PersistentVolume[] } {
  if (container?.volumes === undefined || ofExecutor.length === 0) return { container, volumes: [] };
  const volumes: PersistentVolume[] = [];
  const rest = container.volumes.filter((volume) => {
    const persistent = ofExecutor.find(({ containerPath }) => plain(containerPath) === pathInParent(volume));
    if (persistent === undefined) return true;
    const isReadOnly = persistent.isReadOnly || volume.mode === 'RO';
    volumes.push({ ...persistent, containerPath: volume.container_path, isReadOnly });
    return false;
  });
  return { container: { ...container, volumes: rest }, volumes };
}

function pathInParent({ source }: Volume): string | undefined {
  const { type, path } = source?.sandbox_path ?? {};
  return type === 'PARENT' && path !== undefined ? plain(path) : undefined;
}

const plain = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
