// Who a container is by what its image knows of users: its own /etc/passwd and /etc/group, as docker looks them up.
import type { Disk } from '../../../../world/disk.ts';
import { resolveInside } from '../confinement/volumes.ts';

/** By number: the names mean nothing outside. */
export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
}

type Row = readonly string[];

const MAX_TABLE_BYTES = 2 ** 20;
const MAX_ID = 2 ** 32 - 2;

/**
 * `root`: where the image is unpacked. `text`: `user`, `uid`, `user:group`, …; empty = root. Throws RangeError when the image has
 * no such user or group, ContainerError when its links lead round in circles.
 */
export async function imageUser(disk: Disk, root: string, text: string): Promise<ImageUser> {
  const [name = '', group] = (text || '0').split(':');
  const users = await table(disk, root, '/etc/passwd');
  const user = users.find((row) => row[0] === name) ?? users.find((row) => row[2] === name);
  const uid = idOf(user?.[2] ?? name, `the image has no user '${name}'`);
  const home = user?.[5] || '/';
  const rows = await table(disk, root, '/etc/group');
  if (group !== undefined) {
    const row = rows.find((one) => one[0] === group);
    const gid = idOf(row?.[2] ?? group, `the image has no group '${group}'`);
    return { uid, gid, groups: [gid], home };
  }
  const gid = idOf(user?.[3] ?? '0', `the user '${name}' of the image has no group`);
  const further = rows
    .filter((row) => user?.[0] !== undefined && row[3]?.split(',').includes(user[0]))
    .map((row) => idOf(row[2] ?? '', `the group '${row[0]}' of the image has no number`));
  return { uid, gid, groups: [...new Set([gid, ...further])], home };
}

function idOf(text: string, otherwise: string): number {
  const id = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(id <= MAX_ID)) throw new RangeError(otherwise);
  return id;
}

/** Without rows when there is none. */
async function table(disk: Disk, root: string, path: string): Promise<readonly Row[]> {
  const inside = `${root}${await resolveInside(disk, root, path)}`;
  const stat = await disk.stat(inside);
  if (stat?.kind !== 'file' || stat.size > MAX_TABLE_BYTES) return [];
  return (await disk.readText(inside)).split('\n').map((line) => line.split(':'));
}
