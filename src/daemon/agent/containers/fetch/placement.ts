// Puts fetched files into the sandbox without ever going through a symlink: an earlier archive may have brought one that
// points out of it. Nothing else runs in the sandbox yet, so what was looked at stays what it was.
import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { HostUser } from '../../../../world/world.ts';
import { FetchError } from './uri.ts';

/** Makes the directories above `name` and answers its absolute path; whatever file was there is gone. */
export async function makeRoom(disk: Disk, sandbox: string, name: string, user: HostUser | undefined): Promise<string> {
  const components = name.split('/');
  const last = components.pop() ?? '';
  let directory = sandbox;
  for (const component of components) {
    directory = `${directory}/${component}`;
    const stat = await disk.statLink(directory);
    if (stat === undefined) {
      await disk.makeDirectory(directory);
      if (user !== undefined) await disk.changeOwner(directory, user.uid, user.gid);
    } else if (stat.kind !== 'directory') {
      throw new FetchError(`'${name}' leaves the sandbox or goes through a file`);
    }
  }
  const path = `${directory}/${last}`;
  const stat = await disk.statLink(path);
  if (stat?.kind === 'directory') throw new FetchError(`'${name}' is a directory already`);
  if (stat !== undefined) await disk.remove(path);
  return path;
}

/** Moves everything in `from` into `to`; directories that both have are merged, files in the way are replaced. */
export async function mergeInto(disk: Disk, from: string, to: string): Promise<void> {
  for (const name of await disk.list(from)) {
    const source = `${from}/${name}`;
    const target = `${to}/${name}`;
    const sourceKind = (await disk.statLink(source))?.kind;
    const targetKind = (await disk.statLink(target))?.kind;
    if (sourceKind === 'directory' && targetKind === 'directory') {
      await mergeInto(disk, source, target);
      continue;
    }
    if (targetKind === 'directory') throw new FetchError(`'${name}' of an archive is a directory in the sandbox`);
    if (targetKind !== undefined) await disk.remove(target);
    await renameOver(disk, source, target);
  }
}

async function renameOver(disk: Disk, source: string, target: string): Promise<void> {
  try {
    await disk.rename(source, target);
  } catch (cause) {
    if (cause instanceof DiskError)
      throw new FetchError(`'${target}' cannot be put in place: ${cause.message}`, { cause });
    throw cause;
  }
}
