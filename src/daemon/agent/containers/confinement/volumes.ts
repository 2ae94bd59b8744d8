// Volumes of a container as mounts (mesos-api.md 12.7; mesos-semantics.md 10.2). Host paths are the operator's: only those
// below a prefix he has allowed are mounted, and by default none is.
import type { Volume } from '../../../../mesos/generated/v1.ts';
import type { ConfinedMount } from '../../../../world/confinement.ts';
import { type Disk, DiskError } from '../../../../world/disk.ts';
import { ContainerError } from '../containerizer.ts';
import { isLink } from './sandbox-links.ts';
import { directoryBelow } from './sandbox-path.ts';

/** Where a container's volumes come from and go to. */
export interface VolumePlaces {
  readonly sandbox: string;
  /** Of the container it is nested in. */
  readonly parentSandbox: string | undefined;
  /** Only below these; absolute. */
  readonly allowedHostPaths: readonly string[];
  /** Host paths are made below these, where they are allowed too. */
  readonly creatableHostPaths: readonly string[];
  /** With an image: its root on the machine, and where the sandbox is seen in there. */
  readonly image: { readonly root: string; readonly sandboxDirectory: string } | undefined;
  /** Volumes can be mounted (filesystem/linux). */
  readonly canMount: boolean;
}

/** Throws ContainerError for a volume that cannot be had, DiskError. */
export async function volumeMounts(
  disk: Disk,
  volumes: readonly Volume[],
  places: VolumePlaces,
): Promise<readonly ConfinedMount[]> {
  const mounts: ConfinedMount[] = [];
  if (volumes.length === 0) return mounts;
  // Above them there may be links, of the operator's.
  const real = {
    ...places,
    sandbox: await disk.realPath(places.sandbox),
    parentSandbox: places.parentSandbox && (await disk.realPath(places.parentSandbox)),
  };
  for (const volume of volumes) {
    if (volume.source?.sandbox_path?.type === 'PARENT' && places.parentSandbox === undefined) {
      throw refused(
        `the volume at '${volume.container_path}' is in the sandbox of a parent, and the container has none`,
      );
    }
    // Made by sandbox-links.ts.
    if (isLink(volume) && places.image === undefined && !places.canMount) continue;
    if (!places.canMount) {
      throw refused(`the volume at '${volume.container_path}' needs --isolation=filesystem/linux on this agent`);
    }
    const source = await sourceOf(disk, volume, real);
    const isFile = (await disk.stat(source))?.kind === 'file';
    const target = await targetOf(disk, volume.container_path, places, isFile);
    mounts.push({ source, target, isReadOnly: volume.mode === 'RO', isReal: true, ...(isFile && { isFile }) });
  }
  return mounts;
}

/** What is mounted, by a path without links. */
async function sourceOf(
  disk: Disk,
  { source, host_path, image, container_path }: Volume,
  places: VolumePlaces,
): Promise<string> {
  const where = `the volume at '${container_path}'`;
  if (image !== undefined) throw refused(`${where} is an image, which this agent only takes for a container's root`);
  if (source?.type === 'SANDBOX_PATH') {
    const { type, path = '' } = source.sandbox_path ?? {};
    const base = type === 'PARENT' ? places.parentSandbox : places.sandbox;
    if (base === undefined) throw refused(`${where} asks for a sandbox of a parent, and the container has none`);
    return directoryBelow(disk, base, path);
  }
  if (source !== undefined && source.type !== 'HOST_PATH') {
    throw refused(`${where} is of the type ${source.type}, which this agent does not support`);
  }
  if (source?.host_path?.mount_propagation?.mode === 'BIDIRECTIONAL') {
    throw refused(`${where} asks for bidirectional mount propagation, which this agent does not support`);
  }
  const path = source?.host_path?.path ?? host_path;
  if (path === undefined) throw refused(`${where} has neither a host path nor a sandbox path`);
  if (!path.startsWith('/')) return directoryBelow(disk, places.sandbox, path);
  const real = await realHostPath(disk, path);
  const isThere = real.missing.length === 0;
  const whole = [real.there === '/' ? '' : real.there, ...real.missing].join('/') || '/';
  if (!isThere && !(await isBelow(disk, whole, places.creatableHostPaths))) {
    throw refused(`${where}: '${path}' is not there on this agent`);
  }
  if (!(await isBelow(disk, whole, places.allowedHostPaths))) {
    const allowed = places.allowedHostPaths.join(',') || 'nothing';
    // Where it leads is not told: a task's owner would learn of files that are not his.
    const followed = whole === path ? '' : ", with links and '..' followed,";
    throw refused(
      `${where}: the host path '${path}'${followed} is not below what --allowed_host_paths of this agent names: ${allowed}`,
    );
  }
  if (!isThere) await disk.makeDirectory(whole);
  return whole;
}

/** What of the path is there, without links, and what is missing below that. */
async function realHostPath(disk: Disk, path: string): Promise<{ there: string; missing: string[] }> {
  const parts = partsOf(path, true);
  const missing: string[] = [];
  for (;;) {
    const there = await orUndefined(() => disk.realPath(`/${parts.join('/')}`));
    if (there !== undefined) return { there, missing };
    const last = parts.pop();
    if (last === undefined || last === '..') throw refused(`'${path}' cannot be a host path`);
    missing.unshift(last);
  }
}

async function isBelow(disk: Disk, real: string, prefixes: readonly string[]): Promise<boolean> {
  for (const prefix of prefixes) {
    const top = await orUndefined(() => disk.realPath(prefix));
    if (top !== undefined && (real === top || real.startsWith(top === '/' ? '/' : `${top}/`))) return true;
  }
  return false;
}

/** Where the container sees it; with an image a place in there, else one of the machine. */
async function targetOf(disk: Disk, path: string, places: VolumePlaces, isFile: boolean): Promise<string> {
  const isAbsolute = path.startsWith('/');
  if (partsOf(path).length === 0 || path.includes('\0')) throw refused(`'${path}' cannot be the place of a volume`);
  if (!isAbsolute) {
    if (isFile) throw refused(`the file at '${path}' can only be mounted at an absolute path`);
    const place = await directoryBelow(disk, places.sandbox, path);
    return places.image === undefined ? place : `${places.image.sandboxDirectory}${place.slice(places.sandbox.length)}`;
  }
  if (places.image !== undefined) return resolveInside(disk, places.image.root, path);
  const stat = await disk.stat(path);
  if (stat === undefined)
    throw refused(`there is no '${path}' on this agent to mount a volume at; only an image may lack it`);
  return disk.realPath(path);
}

/**
 * The path as it is in a directory that is going to be somebody's root: symlinks are followed in there, and never out.
 * What is not there (yet) is taken as it is. Throws ContainerError when links go round.
 */
export async function resolveInside(disk: Disk, root: string, path: string): Promise<string> {
  const rest = partsOf(path, true).reverse();
  const found: string[] = [];
  for (let steps = 0; ; steps++) {
    const part = rest.pop();
    if (part === undefined) return `/${found.join('/')}`;
    if (steps > MAX_STEPS) throw refused(`'${path}' leads round in circles in the image`);
    if (part === '..') {
      found.pop();
      continue;
    }
    const at = [root, ...found, part].join('/');
    if ((await disk.statLink(at))?.kind !== 'symlink') {
      found.push(part);
      continue;
    }
    const to = await disk.readLink(at);
    if (to.startsWith('/')) found.length = 0;
    rest.push(...partsOf(to, true).reverse());
  }
}

const MAX_STEPS = 255;

function partsOf(path: string, keepsUp = false): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.' && (keepsUp || part !== '..'));
}

async function orUndefined<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (cause) {
    if (cause instanceof DiskError) return undefined;
    throw cause;
  }
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
