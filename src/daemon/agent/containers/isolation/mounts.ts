// Which cgroup controllers this machine has, and where: machines differ (v2 only, v1, or both), so each controller is
// looked for by itself.
import type { Disk } from '../../../../world/disk.ts';

/** What the kernel says of its cgroup mounts. */
export interface CgroupMounts {
  /** Controller → where its v1 hierarchy is mounted. */
  readonly v1: ReadonlyMap<string, string>;
  /** Where the v2 hierarchy is mounted; in hybrid set-ups it has few controllers or none. */
  readonly v2: string | undefined;
  /** Controllers of the v2 hierarchy. */
  readonly v2Controllers: ReadonlySet<string>;
  /** v1 controller → the cgroup that we are in, as a path below the mount (`` = its top). */
  readonly own: ReadonlyMap<string, string>;
}

/** `under`: only mounts at or below this directory count (--cgroups_hierarchy). */
export async function findCgroups(disk: Disk, under: string): Promise<CgroupMounts> {
  if ((await disk.stat('/proc/self/mounts')) === undefined) {
    return { v1: new Map(), v2: undefined, v2Controllers: new Set(), own: new Map() };
  }
  const { v1, v2 } = parseMounts(await disk.readText('/proc/self/mounts'), under);
  const controllers = v2 === undefined ? '' : await disk.readText(`${v2}/cgroup.controllers`);
  return {
    v1,
    v2,
    v2Controllers: new Set(controllers.split(/\s+/).filter((name) => name !== '')),
    own: parseOwn(await disk.readText('/proc/self/cgroup')),
  };
}

/** Reads the kernel's mount table. */
export function parseMounts(table: string, under: string): Pick<CgroupMounts, 'v1' | 'v2'> {
  const v1 = new Map<string, string>();
  let v2: string | undefined;
  const base = under.replace(/\/+$/, '');
  for (const line of table.split('\n')) {
    const [, escaped = '', type, options = ''] = line.split(' ');
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    if (point !== base && !point.startsWith(`${base}/`)) continue;
    if (type === 'cgroup2') v2 ??= point;
    if (type !== 'cgroup') continue;
    for (const option of options.split(',')) if (!v1.has(option)) v1.set(option, point);
  }
  return { v1, v2 };
}

/** Reads /proc/self/cgroup: lines `number:controllers:path`. */
export function parseOwn(text: string): ReadonlyMap<string, string> {
  const own = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    for (const controller of controllers.split(',')) {
      if (controller !== '') own.set(controller, path.replace(/\/+$/, ''));
    }
  }
  return own;
}
