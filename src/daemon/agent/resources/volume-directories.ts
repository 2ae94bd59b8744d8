// The directories of persistent volumes (mesos-semantics.md 4): below the work directory, or below the root of their disk.
import type { Resource } from '../../../mesos/generated/v1.ts';
import { reservationRole } from '../../../mesos/validation/resources.ts';
import type { Disk } from '../../../world/disk.ts';
import { pathComponent, type WorkLayout } from '../checkpoint/layout.ts';

/**
 * Where the data of a volume is. A MOUNT disk is one volume as a whole; roots that are no absolute paths are below the work
 * directory. Throws RangeError for ids that would lead elsewhere.
 */
export function volumeDirectory(layout: WorkLayout, volume: Resource): string {
  const { disk } = volume;
  const root = disk?.source?.mount?.root ?? disk?.source?.path?.root;
  const base =
    root === undefined ? layout.workDirectory : root.startsWith('/') ? root : `${layout.workDirectory}/${root}`;
  if (disk?.source?.type === 'MOUNT') return base;
  // No role has a blank in it: a volume of `a/b` is never within one of `a`.
  const role = pathComponent(reservationRole(volume).replaceAll('/', ' '));
  return `${base}/volumes/roles/${role}/${pathComponent(disk?.persistence?.id ?? '')}`;
}

/** As of sandboxes; a shared volume may be read by whoever is given it. */
const MODE = 0o750;
const SHARED_MODE = 0o755;

/** Durable; fine when it is there. Throws DiskError. */
export async function makeVolume(disk: Disk, directory: string, isShared: boolean): Promise<void> {
  const above = directory.slice(0, directory.lastIndexOf('/')) || '/';
  // Those above it are to be passed by everybody.
  await disk.makeDirectory(above);
  await disk.makeDirectory(directory, { mode: isShared ? SHARED_MODE : MODE });
  await disk.syncDirectory(above);
}

/** Removes the data; the root of a MOUNT disk itself stays, and is empty then. Throws DiskError. */
export async function removeVolume(disk: Disk, directory: string): Promise<void> {
  if (directory.includes('/volumes/roles/')) {
    await disk.remove(directory);
    return;
  }
  if ((await disk.stat(directory)) === undefined) return;
  for (const name of await disk.list(directory)) await disk.remove(`${directory}/${name}`);
}
