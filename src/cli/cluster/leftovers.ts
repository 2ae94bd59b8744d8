// What tasks of a stopped cluster may have left on the machine: processes, cgroups, mounts, networks. Tasks outlive
// their agent by design, so stopping a cluster must look for them; they are known by the sandbox in their environment and by their cgroups.
// The processes that `mctl run --detach` leaves behind are known by the master in theirs.
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { DETACHED } from '../run/detach.ts';
import { type ClusterPaths, daemonDirectory } from './layout.ts';
import { agentName, type ClusterPlan, electionUrl } from './plan.ts';
import { identify, type ProcessId, sendSignal } from './process-identity.ts';
import { allGone, stopProcesses } from './stop-processes.ts';

const TASK_GRACE_MS = 2000;
const MOST_ROUNDS = 20;

/** Pids, cgroup directories, mounts and networks that a stopped cluster should not have. */
export interface Leftovers {
  readonly processes: readonly ProcessId[];
  readonly cgroups: readonly string[];
  readonly mounts: readonly string[];
  /** Directories of what is known of containers' networks. */
  readonly networks: readonly string[];
}

/** Removes all of it; returns what still is there afterwards. */
export async function removeLeftovers(paths: ClusterPaths, plan: ClusterPlan | undefined): Promise<Leftovers> {
  const roots = plan?.agents.map((agent) => agent.cgroupsRoot) ?? [];
  await stopProcesses(findLeftovers(paths, plan).processes, TASK_GRACE_MS);
  // What was started while the others were being stopped has no grace left; a few rounds outrun any fork loop.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { processes } = findLeftovers(paths, plan);
    if (processes.length === 0) break;
    for (const id of processes) sendSignal(id, 'SIGKILL');
    await allGone(processes, 2000);
  }
  if (findNetworks(paths, plan).length > 0) await leaveNetworks(paths, plan);
  for (const mount of findMounts(paths.directory)) await unmount(mount);
  for (const cgroup of findCgroups(roots)) await removeCgroup(cgroup);
  return findLeftovers(paths, plan);
}

/** Looks at the whole machine. Without a plan, cgroups and detached runs are not looked for. */
export function findLeftovers(paths: ClusterPaths, plan: ClusterPlan | undefined): Leftovers {
  const cgroups = findCgroups(plan?.agents.map((agent) => agent.cgroupsRoot) ?? []);
  const masters = plan === undefined ? [] : namesOfMasters(plan);
  const isOurs = (name: string, value: string): boolean => {
    if (name === 'MESOS_SANDBOX' || name === 'MESOS_DIRECTORY') return value.startsWith(`${paths.directory}/`);
    return name === DETACHED && [value, ...value.split(',')].some((address) => masters.includes(address));
  };
  const pids = new Set([...processesByEnvironment(isOurs), ...cgroups.flatMap(cgroupProcesses)]);
  return {
    processes: [...pids].map(identify).filter((id): id is ProcessId => id !== undefined),
    cgroups,
    mounts: findMounts(paths.directory),
    networks: findNetworks(paths, plan),
  };
}

/** Where agents keep what they know of their containers' networks. */
function networkDirectories(paths: ClusterPaths, plan: ClusterPlan | undefined): string[] {
  const agents = plan?.agents.map((agent) => daemonDirectory(paths, agentName(agent))) ?? [];
  return agents.flatMap((agent) => [join(agent, 'run', 'networks'), join(agent, 'networks')]);
}

/** Containers that have not left their networks: of each there is a directory below its agent's. */
function findNetworks(paths: ClusterPaths, plan: ClusterPlan | undefined): string[] {
  return networkDirectories(paths, plan).flatMap(directories).flatMap(directories);
}

/** What cannot be left is found again. */
async function leaveNetworks(paths: ClusterPaths, plan: ClusterPlan | undefined): Promise<void> {
  // Loaded by those only who need it: it is no small part of an agent.
  const { createRealWorld } = await import('../../world/real/index.ts');
  const { leaveAllNetworks } = await import('../../daemon/agent/containers/network/leaving.ts');
  const world = createRealWorld({ log: { level: 'error' } });
  try {
    for (const directory of networkDirectories(paths, plan)) {
      for (const why of await leaveAllNetworks(world, directory)) world.log.error('a network is left behind', { why });
    }
  } finally {
    await world.close();
  }
}

/** As commands are given them (context/find.ts). */
function namesOfMasters(plan: ClusterPlan): string[] {
  const election = electionUrl(plan, 'masters');
  return [...plan.masters.map(({ ip, port }) => `${ip}:${port}`), ...(election === undefined ? [] : [election])];
}

/** Processes with such a variable in their environment, and everything in the sessions they belong to. */
function processesByEnvironment(isOurs: (name: string, value: string) => boolean): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  const ours = ancestors(process.pid);
  const sessions = new Map<number, number>();
  const matched = new Set<number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || ours.has(pid)) continue;
    const session = statField(pid, 3);
    if (session === undefined) continue;
    sessions.set(pid, session);
    if (environment(pid).some(([variable, value]) => isOurs(variable, value))) matched.add(pid);
  }
  const ourSessions = new Set([...ours].map((pid) => statField(pid, 3)));
  const theirs = new Set([...matched].map((pid) => sessions.get(pid)).filter((sid) => !ourSessions.has(sid)));
  return [...sessions].filter(([pid, session]) => matched.has(pid) || theirs.has(session)).map(([pid]) => pid);
}

function environment(pid: number): [name: string, value: string][] {
  return readOrEmpty(`/proc/${pid}/environ`)
    .split('\0')
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]);
}

function ancestors(pid: number): Set<number> {
  const found = new Set<number>();
  for (
    let next: number | undefined = pid;
    next !== undefined && next > 0 && !found.has(next);
    next = statField(next, 1)
  ) {
    found.add(next);
  }
  return found;
}

/** Of /proc/PID/stat after the name: 0 state, 1 parent, 2 group, 3 session. */
function statField(pid: number, index: number): number | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat === '' ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[index]);
}

/** Directories of these names at the top of every cgroup hierarchy. */
function findCgroups(roots: readonly string[]): string[] {
  const top = '/sys/fs/cgroup';
  if (roots.length === 0 || !existsSync(top)) return [];
  const hierarchies = [top, ...directories(top)];
  // Where we are confined to a part of a hierarchy, new cgroups are made below that part.
  const own = readOrEmpty('/proc/self/cgroup')
    .split('\n')
    .map((line) => line.split(':').slice(2).join(':'))
    .filter((path) => path.length > 1);
  const places = new Set([
    ...hierarchies,
    ...hierarchies.flatMap((hierarchy) => own.map((path) => join(hierarchy, path))),
  ]);
  return [...places].flatMap((place) => roots.map((root) => join(place, root))).filter((path) => existsSync(path));
}

function cgroupProcesses(cgroup: string): number[] {
  const here = readOrEmpty(join(cgroup, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
  return [...here, ...directories(cgroup).flatMap(cgroupProcesses)];
}

/** Deepest first. A cgroup stays busy for a moment after its last process. */
async function removeCgroup(cgroup: string): Promise<void> {
  for (const child of directories(cgroup)) await removeCgroup(child);
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      rmdirSync(cgroup);
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' && code !== 'ENOTEMPTY') throw error;
      await sleep(20);
    }
  }
}

/** Mount points below the directory, deepest first. */
function findMounts(directory: string): string[] {
  return readOrEmpty('/proc/self/mountinfo')
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter((mount) => mount.startsWith(`${directory}/`))
    .sort((a, b) => b.length - a.length);
}

async function unmount(mount: string): Promise<void> {
  // A failure is reported as left over by the caller, which looks again.
  await execa('umount', ['--lazy', mount], { stdio: 'ignore', reject: false });
}

function directories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(path, entry.name));
  } catch {
    return []; // gone meanwhile, or not ours to see
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // gone meanwhile, or not ours to see
  }
}
