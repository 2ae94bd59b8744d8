// Who holds a port of this machine, as far as /proc tells: the running HAProxy, or somebody else.
import type { World } from '../../../world/world.ts';

const LISTENING = '0A';

/** Inodes of listening TCP sockets by port. Empty where there is no /proc. */
export async function listeningInodes(world: Pick<World, 'disk'>): Promise<Map<number, Set<string>>> {
  const byPort = new Map<number, Set<string>>();
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    if ((await world.disk.stat(path)) === undefined) continue;
    for (const line of (await world.disk.readText(path)).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (state !== LISTENING) continue;
      const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
      const inodes = byPort.get(port) ?? new Set();
      byPort.set(port, inodes.add(inode));
    }
  }
  return byPort;
}

/** Inodes of the sockets of these processes; undefined when we may not look. */
export async function socketInodes(
  world: Pick<World, 'disk'>,
  pids: readonly number[],
): Promise<Set<string> | undefined> {
  const inodes = new Set<string>();
  for (const pid of pids) {
    try {
      for (const name of await world.disk.list(`/proc/${pid}/fd`)) {
        const target = await world.disk.readLink(`/proc/${pid}/fd/${name}`).catch(() => '');
        const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
        if (inode !== undefined) inodes.add(inode);
      }
    } catch {
      // It ended, or is not ours; what others have is asked all the same.
    }
  }
  return inodes.size === 0 ? undefined : inodes;
}

/** Processes of this name, for when nobody tells which is ours. */
export async function processesNamed(world: Pick<World, 'disk'>, name: string): Promise<number[]> {
  const pids: number[] = [];
  for (const entry of await world.disk.list('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    const comm = await world.disk.readText(`/proc/${entry}/comm`).catch(() => '');
    if (comm.trim() === name) pids.push(Number(entry));
  }
  return pids;
}
