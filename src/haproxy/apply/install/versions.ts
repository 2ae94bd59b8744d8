// Versions of config and maps that were applied, beside the config (haproxy.md 10.7): to go back to, and to look at.
import { basename, dirname } from 'node:path';
import type { World } from '../../../world/world.ts';
import type { Files } from '../../plan/plan-change.ts';
import { filesHash } from '../compose.ts';

/** One version. */
export interface Version {
  /** `20260119T101500123-1a2b3c4d5e6f`: when it was written, and the beginning of its hash. Sorts by time. */
  readonly id: string;
  readonly atMs: number;
  readonly path: string;
}

const SUFFIX = /^\.(\d{8}T\d{9})-([0-9a-f]{12})$/;
/** No file of this ending is read when HAProxy is given the directory, since none ends with .cfg. */
const MODE = 0o640;

/** Oldest first, the one that is in force included. */
export async function listVersions({ disk }: Pick<World, 'disk'>, configPath: string): Promise<Version[]> {
  const base = basename(configPath);
  return (await disk.list(dirname(configPath))).flatMap((name) => {
    const found = name.startsWith(base) ? SUFFIX.exec(name.slice(base.length)) : null;
    if (found === null) return [];
    const [, stamp = '', hash = ''] = found;
    return [{ id: `${stamp}-${hash}`, atMs: toMs(stamp), path: `${dirname(configPath)}/${name}` }];
  });
}

/** The files of a version. Throws DiskError `not-found` when it is there no more. */
export async function readVersion(
  { disk }: Pick<World, 'disk'>,
  configPath: string,
  id: string,
  mapNames: readonly string[],
): Promise<Files> {
  const maps: Record<string, string> = {};
  for (const name of mapNames) {
    const path = `${dirname(configPath)}/${name}.${id}`;
    maps[name] = (await disk.stat(path)) === undefined ? '' : await disk.readText(path);
  }
  return { config: await disk.readText(`${configPath}.${id}`), maps };
}

/** The newest version with this content, if it is kept. */
export async function versionOf(
  world: Pick<World, 'disk'>,
  configPath: string,
  hash: string,
  mapNames: readonly string[],
): Promise<Files | undefined> {
  const versions = await listVersions(world, configPath);
  const version = versions.findLast(({ id }) => id.endsWith(`-${hash.slice(0, 12)}`));
  if (version === undefined) return undefined;
  const files = await readVersion(world, configPath, version.id, mapNames);
  return filesHash(files) === hash ? files : undefined;
}

/** Keeps these files as a version and lets the oldest go. Throws DiskError. */
export async function keepVersion(
  world: Pick<World, 'disk' | 'clock'>,
  configPath: string,
  files: Files,
  keep: number,
): Promise<void> {
  const { disk, clock } = world;
  const id = `${stampOf(clock.nowMs())}-${filesHash(files).slice(0, 12)}`;
  for (const [name, text] of Object.entries(files.maps)) {
    if (text !== '') await disk.writeAtomic(`${dirname(configPath)}/${name}.${id}`, text, { mode: MODE });
  }
  await disk.writeAtomic(`${configPath}.${id}`, files.config, { mode: MODE });
  const versions = await listVersions(world, configPath);
  // The one in force is not one of the previous ones.
  for (const old of versions.slice(0, Math.max(0, versions.length - keep - 1))) {
    for (const name of Object.keys(files.maps)) await disk.remove(`${dirname(configPath)}/${name}.${old.id}`);
    await disk.remove(old.path);
  }
}

function stampOf(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:.Z]/g, '');
}

function toMs(stamp: string): number {
  const [, year, month, day, hours, minutes, seconds, ms] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(stamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${ms}Z`);
}
