// Directories of sandboxes as volumes where nothing can be mounted: a container without a root filesystem of its own sees
// them through symlinks (mesos-semantics.md 9.2, 10.2, filesystem/posix).
import type { Volume } from '../../../../mesos/generated/v1.ts';
import type { World } from '../../../../world/world.ts';
import { ContainerError } from '../containerizer.ts';
import { directoryBelow } from './sandbox-path.ts';

/** Whether the volume is a link there. */
export function isLink({ container_path, source }: Volume): boolean {
  return source?.type === 'SANDBOX_PATH' && !container_path.startsWith('/');
}

/**
 * Makes the directories, and the links to them in the container's sandbox; nobody is kept from writing through a link. Throws
 * ContainerError for a path that leaves its sandbox or goes through a link, which a task may have put there; DiskError.
 */
export async function linkSandboxVolumes(
  { disk, log }: Pick<World, 'disk' | 'log'>,
  { sandbox, parentSandbox }: { readonly sandbox: string; readonly parentSandbox: string | undefined },
  volumes: readonly Volume[],
): Promise<void> {
  for (const volume of volumes) {
    if (!isLink(volume)) continue;
    const { container_path, source, mode } = volume;
    const from = source?.sandbox_path?.type === 'SELF' ? sandbox : parentSandbox;
    if (from === undefined) {
      throw refused(`the volume at '${container_path}' is in the sandbox of a parent, and the container has none`);
    }
    if (mode === 'RO') {
      log.warn('a volume can be written to although it is to be read only, which needs --isolation=filesystem/linux', {
        sandbox,
        container_path,
      });
    }
    const shared = await directoryBelow(disk, from, source?.sandbox_path?.path ?? '');
    const parts = container_path.split('/').filter((part) => part !== '' && part !== '.');
    const name = parts.pop();
    if (name === undefined || name === '..') throw refused(`'${container_path}' cannot be the place of a volume`);
    const place = `${await directoryBelow(disk, sandbox, parts.join('/'))}/${name}`;
    if (place !== shared) await disk.symlink(shared, place);
  }
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
