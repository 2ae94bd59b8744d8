// What a task of a group shares with its executor and its siblings: cgroups, and directories of the executor's sandbox
// (mesos-semantics.md 9.2, 10.2). Without a root filesystem of its own a task sees such a volume through a symlink.
import type { ContainerInfo, Volume } from '../../../mesos/generated/v1.ts';
import { type Disk, DiskError } from '../../../world/disk.ts';
import { ContainerError } from '../containers/containerizer.ts';

/** Whether a task of a group has no limits of its own: the default. */
export function sharesCgroups(container: ContainerInfo | undefined): boolean {
  return container?.linux_info?.share_cgroups ?? true;
}

/** A volume that is a directory of a sandbox: of the executor's (`PARENT`) or of the task's own (`SELF`). */
export function isSandboxVolume({ source }: Volume): boolean {
  return source?.type === 'SANDBOX_PATH' && source.sandbox_path !== undefined;
}

/** Why a sandbox volume cannot be had by a task without an image; undefined when it can. */
export function sandboxVolumeRefusal({ container_path, source }: Volume): string | undefined {
  if (!isInside(container_path)) {
    return `the path '${container_path}' of a SANDBOX_PATH volume must be a relative one within the sandbox`;
  }
  const path = source?.sandbox_path?.path ?? '';
  return isInside(path) ? undefined : `the path '${path}' of a SANDBOX_PATH volume leads out of the sandbox`;
}

/**
 * Makes the shared directories, and the links to them in the task's sandbox. Throws ContainerError for a path that leaves
 * its sandbox or goes through a link, which a task may have put there; DiskError for what the disk does not do.
 */
export async function linkSandboxVolumes(
  disk: Disk,
  executorSandbox: string,
  taskSandbox: string,
  container: ContainerInfo | undefined,
): Promise<void> {
  for (const volume of container?.volumes ?? []) {
    if (!isSandboxVolume(volume)) continue;
    const refusal = sandboxVolumeRefusal(volume);
    if (refusal !== undefined) throw refused(refusal);
    const isParent = volume.source?.sandbox_path?.type !== 'SELF';
    const from = isParent ? executorSandbox : taskSandbox;
    const shared = await directoryBelow(disk, from, volume.source?.sandbox_path?.path ?? '');
    const parts = partsOf(volume.container_path);
    const name = parts.pop();
    if (name === undefined) throw refused('a SANDBOX_PATH volume has no place in the sandbox');
    const place = `${await directoryBelow(disk, taskSandbox, parts.join('/'))}/${name}`;
    if (place !== shared) await disk.symlink(shared, place);
  }
}

/** Makes the directory step by step, so that no link leads elsewhere. New ones belong to whom the sandbox belongs to. */
async function directoryBelow(disk: Disk, sandbox: string, path: string): Promise<string> {
  const owner = await disk.statLink(sandbox);
  let directory = sandbox;
  for (const part of partsOf(path)) {
    directory += `/${part}`;
    const stat = await disk.statLink(directory);
    if (stat === undefined) {
      await disk.makeDirectory(directory);
      if (owner !== undefined) await giveTo(disk, directory, owner);
    } else if (stat.kind !== 'directory') throw refused(`'${path}' is not a directory of the sandbox`);
  }
  return directory;
}

async function giveTo(disk: Disk, path: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  try {
    await disk.changeOwner(path, uid, gid);
  } catch (error) {
    // Only root can give something away, and others need not.
    if (!(error instanceof DiskError) || error.code !== 'forbidden') throw error;
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..');
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
