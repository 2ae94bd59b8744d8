// A debug container: a command beside another container's, that sees what that one sees (mesos-semantics.md 10.6). It has that
// one's namespaces, root, sandbox, user and environment, and its cgroups count it in.
import { DiskError } from '../../../../world/disk.ts';
import type { ProcessIdentity } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';

/** Flags of nsenter by the kernel's name of the namespace. */
const NAMESPACES: readonly (readonly [name: string, flag: string])[] = [
  ['mnt', '--mount'],
  ['uts', '--uts'],
  ['ipc', '--ipc'],
  ['net', '--net'],
  ['pid', '--pid'],
];
/** Between a container's runner and the first process that has its namespaces are a few tools. */
const MAX_LOOKED_AT = 32;
/** What only the runner has in its environment, and no longer who has become the command (run-task.sh). */
const OF_THE_RUNNER = 'TASK_0';
const BECOMING_POLL_MS = 20;
const MAX_BECOMING_POLLS = 50;

/** What a command must do to be in a container, and what it gets from there. */
export interface Place {
  /** To be executed before the command, as root; empty when it is where we are. */
  readonly enter: readonly string[];
  /** To be executed after that: what its processes may not do, we may not do there either. */
  readonly confine: readonly string[];
  /** The container's command, or what is next to it; undefined when there is none. */
  readonly command: number | undefined;
  /** Of the container's own command, as it was started. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where the container is whose runner this is; undefined when it has gone. */
export async function placeOf(world: World, runner: ProcessIdentity): Promise<Place | undefined> {
  const ours = await namespacesOf(world, 'self');
  const queue = [runner.pid];
  let command: number | undefined;
  let found: { readonly pid: number; readonly flags: readonly string[] } | undefined;
  for (let looked = 0; looked < MAX_LOOKED_AT; looked++) {
    const pid = queue.shift();
    if (pid === undefined) break;
    const theirs = await namespacesOf(world, String(pid));
    const flags = NAMESPACES.filter(([name]) => theirs.get(name) !== undefined && theirs.get(name) !== ours.get(name));
    if (flags.length > (found?.flags.length ?? 0)) found = { pid, flags: flags.map(([, flag]) => flag) };
    // One with a process tree of its own is all the way in.
    if (flags.some(([name]) => name === 'pid')) break;
    const children = await childrenOf(world, pid);
    if (pid === runner.pid) command = children[0];
    queue.push(...children);
  }
  // The first process of a process tree of its own only looks after the command, and has more privileges than that.
  const isOutermost = found?.flags.includes('--pid') ?? false;
  const pid = (found && isOutermost ? (await childrenOf(world, found.pid))[0] : undefined) ?? found?.pid ?? command;
  const environment = pid === undefined ? {} : await environmentOf(world, pid);
  const confine = pid === undefined ? [] : await confinementOf(world, pid);
  // Who was looked at was who we mean, if he is so still.
  if (!(await world.processes.isAlive(runner))) return undefined;
  if (found === undefined) return { enter: [], confine, environment, command: pid };
  const inside = found.flags.includes('--mount') ? ['--root', '--wd'] : [];
  const enter = ['/usr/bin/nsenter', '--target', String(found.pid), ...found.flags, ...inside];
  return { enter, confine, environment, command: pid };
}

/** The capabilities that a process can never have, and whether it can gain none, as arguments of setpriv. */
async function confinementOf({ disk }: World, pid: number): Promise<string[]> {
  const [theirs = '', ours = ''] = await Promise.all(
    [String(pid), 'self'].map((of) => orNothing(() => disk.readText(`/proc/${of}/status`))),
  );
  const field = (text: string, name: string): string | undefined =>
    new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(text)?.[1];
  const bounding = field(theirs, 'CapBnd');
  const options: string[] = [];
  if (bounding !== undefined && bounding !== field(ours, 'CapBnd')) {
    const bits = BigInt(`0x${bounding}`);
    const kept = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (bits >> BigInt(bit)) & 1n);
    options.push('--bounding-set', ['-all', ...kept.map((bit) => `+cap_${bit}`)].join(','), '--inh-caps', '-all');
  }
  if (field(theirs, 'NoNewPrivs') === '1' && field(ours, 'NoNewPrivs') !== '1') options.push('--no-new-privs');
  return options.length === 0 ? [] : ['setpriv', ...options, '--'];
}

async function namespacesOf({ disk }: World, pid: string): Promise<ReadonlyMap<string, string>> {
  const namespaces = new Map<string, string>();
  for (const [name] of NAMESPACES) {
    const link = await orNothing(() => disk.readLink(`/proc/${pid}/ns/${name}`));
    if (link !== undefined) namespaces.set(name, link);
  }
  return namespaces;
}

async function childrenOf({ disk }: World, pid: number): Promise<number[]> {
  const text = (await orNothing(() => disk.readText(`/proc/${pid}/task/${pid}/children`))) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}

/** The command's own: a container counts as running when its process is about to become the command. */
async function environmentOf(world: World, pid: number): Promise<Record<string, string>> {
  for (let polls = 0; polls < MAX_BECOMING_POLLS; polls++) {
    const environment = await presentEnvironmentOf(world, pid);
    if (environment[OF_THE_RUNNER] === undefined) return environment;
    await world.clock.sleep(BECOMING_POLL_MS);
  }
  return presentEnvironmentOf(world, pid);
}

async function presentEnvironmentOf({ disk }: World, pid: number): Promise<Record<string, string>> {
  const text = (await orNothing(() => disk.readText(`/proc/${pid}/environ`))) ?? '';
  const environment: Record<string, string> = {};
  for (const entry of text.split('\0')) {
    const equals = entry.indexOf('=');
    if (equals > 0) environment[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return environment;
}

/** What is gone, or not ours to see, is not there. */
async function orNothing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (cause) {
    if (cause instanceof DiskError) return undefined;
    throw cause;
  }
}
