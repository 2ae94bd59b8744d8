// Paths within a sandbox, where tasks may have put links that lead anywhere.
import { type Disk, DiskError } from '../../../../world/disk.ts';
import { ContainerError } from '../containerizer.ts';

/**
 * Makes the directory step by step, so that no link leads elsewhere. New ones belong to whom the sandbox belongs to. Throws
 * ContainerError for a path that leaves the sandbox, DiskError.
 */
export async function directoryBelow(disk: Disk, sandbox: string, path: string): Promise<string> {
  if (!isInside(path)) throw refused(`'${path}' leaves the sandbox`);
  const owner = await disk.statLink(sandbox);
  let directory = sandbox;
  for (const part of path.split('/').filter((part) => part !== '' && part !== '.')) {
    directory += `/${part}`;
    const stat = await disk.statLink(directory);
    if (stat === undefined) {
      await disk.makeDirectory(directory);
      if (owner !== undefined) await giveTo(disk, directory, owner);
    } else if (stat.kind !== 'directory') throw refused(`'${path}' is not a directory of the sandbox`);
  }
  return directory;
}

function isInside(path: string): boolean {
  return !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..');
}

/** Makes it somebody's, where that can be done at all. Throws DiskError. */
export async function giveTo(disk: Disk, path: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  try {
    await disk.changeOwner(path, uid, gid);
  } catch (error) {
    // Only root can give something away, and others need not.
    if (!(error instanceof DiskError) || error.code !== 'forbidden') throw error;
  }
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
