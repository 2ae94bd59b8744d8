// As whom files are checked: HAProxy's check runs and reads whatever a file names (haproxy.md 17.5), so not as root.
import { dirname } from 'node:path';
import type { FileStat } from '../../../world/disk.ts';
import type { HostUser, World } from '../../../world/world.ts';

const CANDIDATES = ['haproxy', 'nobody'];

/** `user` undefined: as we are. `warning` when that is not what was wanted. */
export interface CheckUser {
  readonly user: HostUser | undefined;
  readonly warning?: string;
}

/**
 * @param wanted a name; `root` for as we are; undefined for the usual
 * @param directory where the files are
 */
export async function findCheckUser(
  world: Pick<World, 'host' | 'disk'>,
  wanted: string | undefined,
  directory: string,
): Promise<CheckUser> {
  if (!world.host.isRoot || wanted === 'root') return { user: undefined };
  for (const name of wanted === undefined ? CANDIDATES : [wanted]) {
    const user = await world.host.user(name);
    if (user === undefined || user.uid === 0) continue;
    const obstacle = await obstacleTo(world, user, directory);
    if (obstacle === undefined) return { user };
    return {
      user: undefined,
      warning: `files are checked as root, since ${obstacle} cannot be entered by ${name}: chmod o+x it, or name another user`,
    };
  }
  return {
    user: undefined,
    warning: `files are checked as root, since there is no user ${wanted ?? 'haproxy or nobody'}`,
  };
}

/** The first directory on the way that the user may not enter. */
async function obstacleTo(world: Pick<World, 'disk'>, user: HostUser, path: string): Promise<string | undefined> {
  const parent = dirname(path);
  const above = parent === path ? undefined : await obstacleTo(world, user, parent);
  if (above !== undefined) return above;
  const stat = await world.disk.stat(path);
  return stat === undefined || mayEnter(stat, user) ? undefined : path;
}

function mayEnter(stat: FileStat, user: HostUser): boolean {
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === user.gid || user.groups.includes(stat.gid)) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}
