// Persistent volumes in a container (mesos-semantics.md 4, 10.2): at a relative path a link in its sandbox, which needs nothing; at
// an absolute path, in an image, and where it is to be read only, a mount.
import type { ConfinedMount } from '../../../../world/confinement.ts';
import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { World } from '../../../../world/world.ts';
import { ContainerError, type PersistentVolume } from '../containerizer.ts';
import { directoryBelow, giveTo } from './sandbox-path.ts';
import { resolveInside } from './volumes.ts';

/** Where they are to be seen. */
export interface VolumeTarget {
  readonly sandbox: string;
  /** Who is to write to them; undefined = the agent's own user. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  /** With an image: its root on the machine, and where the sandbox is seen in there. */
  readonly image: { readonly root: string; readonly sandboxDirectory: string } | undefined;
  /** Volumes can be mounted (filesystem/linux). */
  readonly canMount: boolean;
  /** The container is a process that mounts are made for; a group's alone is none. */
  readonly hasProcess: boolean;
}

/** Makes the links, and answers what is to be mounted. Throws ContainerError for a volume that cannot be had, DiskError. */
export async function placeVolumes(
  world: Pick<World, 'disk' | 'log'>,
  volumes: readonly PersistentVolume[],
  target: VolumeTarget,
): Promise<readonly ConfinedMount[]> {
  const { disk } = world;
  const mounts: ConfinedMount[] = [];
  for (const volume of volumes) {
    const { source, containerPath, isReadOnly } = volume;
    await own(disk, volume, target.user);
    const isAbsolute = containerPath.startsWith('/');
    // Through a link everybody can write.
    const isMount = isReadOnly && target.canMount && target.hasProcess;
    if (!isAbsolute && target.image === undefined && !isMount) await link(world, volume, target.sandbox);
    else if (target.image === undefined && !target.canMount) {
      throw refused(`the volume at '${containerPath}' needs --isolation=filesystem/linux on this agent`);
    } else {
      const place = isAbsolute
        ? await absolutePlace(disk, containerPath, target.image?.root)
        : await placeInImage(disk, containerPath, target);
      mounts.push({ source: await disk.realPath(source), target: place, isReadOnly, isReal: true });
    }
  }
  return mounts;
}

/** The links alone, for a container that runs already. Throws ContainerError, DiskError. */
export async function linkVolumes(
  world: Pick<World, 'disk' | 'log'>,
  volumes: readonly PersistentVolume[],
  { sandbox, user }: Pick<VolumeTarget, 'sandbox' | 'user'>,
): Promise<void> {
  for (const volume of volumes) {
    if (volume.containerPath.startsWith('/')) {
      throw refused(`the volume at '${volume.containerPath}' cannot be mounted in a container that runs already`);
    }
    await own(world.disk, volume, user);
    await link(world, volume, sandbox);
  }
}

/** A volume belongs to whoever uses it; a shared one to the first that does. */
async function own(disk: Disk, { source, isShared }: PersistentVolume, user: VolumeTarget['user']): Promise<void> {
  const stat = await disk.stat(source);
  if (stat?.kind !== 'directory') throw refused(`the data of the persistent volume is not at '${source}'`);
  if (user === undefined || (stat.uid === user.uid && stat.gid === user.gid)) return;
  if (!isShared || stat.uid === 0) await giveTo(disk, source, user);
}

async function link(
  { disk, log }: Pick<World, 'disk' | 'log'>,
  { source, containerPath, isReadOnly }: PersistentVolume,
  sandbox: string,
): Promise<void> {
  if (isReadOnly) {
    log.warn('a volume can be written to although it is to be read only, which needs --isolation=filesystem/linux', {
      sandbox,
      container_path: containerPath,
    });
  }
  const parts = containerPath.split('/').filter((part) => part !== '' && part !== '.');
  const name = parts.pop();
  if (name === undefined || name === '..') throw refused(`'${containerPath}' cannot be the place of a volume`);
  const place = `${await directoryBelow(disk, sandbox, parts.join('/'))}/${name}`;
  const there = (await disk.statLink(place))?.kind;
  if (there !== undefined && there !== 'symlink')
    throw refused(`there is something else at '${containerPath}' already`);
  await disk.symlink(source, place);
}

async function placeInImage(disk: Disk, path: string, { sandbox, image }: VolumeTarget): Promise<string> {
  const place = await directoryBelow(disk, sandbox, path);
  return `${image?.sandboxDirectory ?? sandbox}${place.slice(sandbox.length)}`;
}

async function absolutePlace(disk: Disk, path: string, imageRoot: string | undefined): Promise<string> {
  if (imageRoot !== undefined) return resolveInside(disk, imageRoot, path);
  try {
    return await disk.realPath(path);
  } catch (cause) {
    if (!(cause instanceof DiskError)) throw cause;
    throw refused(`there is no '${path}' on this agent to mount a volume at; only an image may lack it`);
  }
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
