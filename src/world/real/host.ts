// Facts about this machine: size, boot, names of hosts, users and groups.
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, hostname, loadavg, totalmem, uptime, userInfo } from 'node:os';
import { NetError } from '../net.ts';
import type { Host, HostUser } from '../world.ts';
import { currentGroups, currentPasswd, parseRows, type Row } from './name-database.ts';
import { runTool } from './processes/tool.ts';

const uid = process.getuid?.() ?? -1;

/** Sizes are of the start; load and free memory of now. */
export const realHost: Host = {
  hostname: hostname(),
  cpus: cpus().length || availableParallelism(),
  memoryBytes: totalmem(),
  freeMemoryBytes: freemem,
  loadAverage() {
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    return [one, five, fifteen];
  },
  bootId,
  async lookup(name) {
    try {
      return (await lookup(name, { order: 'ipv4first' })).address;
    } catch (cause) {
      throw new NetError('unresolved', `the host name '${name}' has no address`, { cause });
    }
  },
  async lookupAll(name) {
    try {
      const all = await lookup(name, { all: true });
      const ipv4 = all.filter(({ family }) => family === 4);
      const addresses = (ipv4.length > 0 ? ipv4 : all).map(({ address }) => address);
      return [...new Set(addresses)].sort();
    } catch (cause) {
      throw new NetError('unresolved', `the host name '${name}' has no address`, { cause });
    }
  },
  user,
  currentUser: nameOf(currentPasswd(), uid),
  isRoot: uid === 0,
  userName: (id) => nameOf(currentPasswd(), id),
  groupName: (id) => nameOf(currentGroups(), id),
};

async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    // Without procfs the moment of the boot identifies it, to the minute since both clocks jitter.
    return `boot-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}

function nameOf(rows: readonly Row[], id: number): string {
  const row = rows.find((fields) => Number(fields[2]) === id);
  if (row?.[0] !== undefined) return row[0];
  return id === uid && rows === currentPasswd() ? ownName() : String(id);
}

/** Our own name where /etc/passwd does not have us (a directory service may). */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid);
  }
}

async function user(name: string): Promise<HostUser | undefined> {
  const row = currentPasswd().find((fields) => fields[0] === name) ?? (await fromDirectoryService(name));
  if (row === undefined) return undefined;
  const [rowName = name, , uidText, gidText, , home = '/'] = row;
  const gid = Number(gidText);
  const groups = currentGroups()
    .filter((fields) => (fields[3] ?? '').split(',').includes(rowName))
    .map((fields) => Number(fields[2]));
  return { name: rowName, uid: Number(uidText), gid, groups: [...new Set([gid, ...groups])], home };
}

/** Users that are not in /etc/passwd: whatever the name service switch knows. */
async function fromDirectoryService(name: string): Promise<Row | undefined> {
  // A name with a dash in front would be taken for an option; one with a colon or line break cannot exist.
  if (name === '' || name.startsWith('-') || /[:\n\0]/.test(name) || /^\d+$/.test(name)) return undefined;
  try {
    const answer = await runTool({ argv: ['getent', 'passwd', name], timeoutMs: 5_000 });
    return answer.exitCode === 0 ? parseRows(answer.stdout)[0] : undefined;
  } catch {
    // No getent on this machine: then there is no directory service to ask either.
    return undefined;
  }
}
