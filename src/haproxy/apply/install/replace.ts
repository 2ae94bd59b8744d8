// The files on disk: all new ones are written and durable before the first is renamed over an old one, maps before the config
// that names them (haproxy.md 10.7). Whoever dies in between leaves whole files, and the next turn heals the rest.
import { basename, dirname } from 'node:path';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import type { Files } from '../../plan/plan-change.ts';
import { ApplyError } from '../apply-error.ts';
import { checkPath } from '../check/validate.ts';

/** Always there, empty or not (render/rendered.ts). */
export const MAP_NAMES: readonly string[] = ['domain2backend.map', 'app2backend.map', 'certificates.list'];
/** Hashes of passwords are in it (haproxy.md 17.8). */
const MODE = 0o640;

type DiskWorld = Pick<World, 'disk'>;

/** Config and maps as they are; undefined without a config. Maps that are not there are not in it. */
export async function readFiles(
  { disk }: DiskWorld,
  configPath: string,
  mapNames: readonly string[],
): Promise<Files | undefined> {
  if ((await disk.stat(configPath)) === undefined) return undefined;
  const maps: Record<string, string> = {};
  for (const name of mapNames) {
    const path = `${dirname(configPath)}/${name}`;
    if ((await disk.stat(path)) !== undefined) maps[name] = await disk.readText(path);
  }
  return { config: await disk.readText(configPath), maps };
}

/** By what is wanted: the disk that it was last compared with. A turn asks several times, and a config may have megabytes. */
const compared = new WeakMap<Files, { readonly disk: Files; readonly isThere: boolean }>();

/** Whether the disk has what is wanted: maps that the config names must be there, though empty. */
export function isOnDisk(configPath: string, disk: Files | undefined, next: Files): boolean {
  if (disk === undefined) return false;
  const last = compared.get(next);
  if (last?.disk === disk) return last.isThere;
  const isThere = disk.config === next.config && mapsToWrite(configPath, disk, next).length === 0;
  compared.set(next, { disk, isThere });
  return isThere;
}

function mapsToWrite(configPath: string, disk: Files | undefined, next: Files): string[] {
  return Object.keys(next.maps).filter((name) => {
    const [now, wanted] = [disk?.maps[name], next.maps[name] ?? ''];
    return now === undefined ? wanted !== '' || next.config.includes(`${dirname(configPath)}/${name}`) : now !== wanted;
  });
}

/** Throws ApplyError `disk`; then nothing was replaced, or maps only. Files that are as wanted are not touched. */
export async function replaceFiles(world: DiskWorld, configPath: string, next: Files): Promise<void> {
  const { disk } = world;
  const directory = dirname(configPath);
  const names = Object.keys(next.maps);
  const before = await readFiles(world, configPath, names);
  const changed: { readonly path: string; readonly temporary: string; readonly text: string }[] = [];
  const consider = (name: string, text: string): void => {
    changed.push({ path: `${directory}/${name}`, temporary: newPath(directory, name), text });
  };
  for (const name of mapsToWrite(configPath, before, next)) consider(name, next.maps[name] ?? '');
  if (before?.config !== next.config) consider(basename(configPath), next.config);
  try {
    for (const { path, temporary, text } of changed) await writeBeside(disk, path, temporary, text);
    for (const { path, temporary } of changed) await disk.rename(temporary, path);
    if (changed.length > 0) await disk.syncDirectory(directory);
  } catch (cause) {
    for (const { temporary } of changed) await disk.remove(temporary).catch(() => undefined);
    throw diskFailure(cause, configPath);
  }
}

/** Durable under its temporary name, with mode and owner of the file that it is to replace. */
async function writeBeside(disk: World['disk'], path: string, temporary: string, text: string): Promise<void> {
  const old = await disk.stat(path);
  await disk.writeAtomic(temporary, text, { mode: old === undefined ? MODE : old.mode & 0o7777 });
  if (old === undefined) return;
  const made = await disk.stat(temporary);
  if (made !== undefined && (made.uid !== old.uid || made.gid !== old.gid)) {
    await disk.changeOwner(temporary, old.uid, old.gid);
  }
}

/** As ApplyError `disk`, when the disk it is. */
export function diskFailure(cause: unknown, path: string): unknown {
  if (!(cause instanceof DiskError)) return cause;
  const what =
    cause.code === 'no-space' ? `there is no space left for ${path}` : `${path} cannot be written: ${cause.message}`;
  return new ApplyError('disk', `${what}; what is served stays as it is`, { cause });
}

/** Removes what a turn that died left beside the config. */
export async function removeRemains(
  { disk }: DiskWorld,
  configPath: string,
  mapNames: readonly string[],
): Promise<void> {
  const directory = dirname(configPath);
  const names = [basename(configPath), ...mapNames];
  const ours = new Set(names.flatMap((name) => [newPath(directory, name), checkPath(directory, name)]));
  for (const name of await disk.list(directory)) {
    const path = `${directory}/${name}`;
    const isTorn =
      /\.[0-9a-f]{12}\.tmp$/.test(name) &&
      names.some((one) => name.startsWith(`.${one}.`) || name.startsWith(`..${one}.`));
    if (ours.has(path) || isTorn) await disk.remove(path);
  }
}

const newPath = (directory: string, name: string): string => `${directory}/.${name}.mctl-new`;
