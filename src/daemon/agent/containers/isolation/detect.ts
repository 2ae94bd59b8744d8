// Chooses how containers are isolated on this machine, and tries it out before the first task depends on it.
import { DiskError } from '../../../../world/disk.ts';
import type { World } from '../../../../world/world.ts';
import { isolatorNames } from '../confinement/features.ts';
import { CgroupIsolator } from './cgroups.ts';
import { cpuacctTimes, cpuV1, cpuV2, statTimes } from './cpu.ts';
import { Hierarchy } from './hierarchy.ts';
import { IsolationError, type Isolator } from './isolator.ts';
import { memoryV1, memoryV2 } from './memory.ts';
import { type CgroupMounts, findCgroups } from './mounts.ts';
import { posixIsolator } from './posix.ts';
import { processTree } from './tree.ts';

/** Names of --isolation that say how cpu and memory are limited. */
const LIMITING = /^(cgroups|process$|posix\/(cpu|mem)$)/;

/** What was asked for, before looking at the machine. */
export interface IsolationOptions {
  /** As --isolation: undefined = the best there is. */
  readonly isolation: string | undefined;
  readonly cgroupsHierarchy: string;
  readonly cgroupsRoot: string;
  readonly cgroupsLimitSwap: boolean;
  readonly cgroupsDestroyTimeoutMs: number;
  readonly cgroupsCpuEnablePidsAndTidsCount: boolean;
  /** Containers with revocable cpus stand back for all others. Default true. */
  readonly revocableCpuLowPriority?: boolean;
}

/**
 * Throws IsolationError `unavailable` when cgroups were asked for by name and cannot be had; when nothing was asked for,
 * plain processes with a warning are the last resort.
 */
export async function detectIsolation(world: World, options: IsolationOptions): Promise<Isolator> {
  const asked = isolatorNames(options.isolation).filter((name) => LIMITING.test(name));
  const asksForCgroups = asked.some((name) => name.startsWith('cgroups'));
  const posix = (why: string): Isolator => posixIsolator(world, why, options.cgroupsDestroyTimeoutMs);
  if (asked.length > 0 && !asksForCgroups)
    return posix('limits of cpu and memory are not enforced: --isolation asks for posix');
  let why: string;
  try {
    const isolator = await openCgroups(world, options);
    await tryOut(world, isolator);
    return isolator;
  } catch (cause) {
    why = cause instanceof Error ? cause.message : String(cause);
    if (asksForCgroups) {
      throw new IsolationError('unavailable', `--isolation asks for cgroups, which cannot be used: ${why}`, { cause });
    }
  }
  return posix(`limits of cpu and memory are not enforced: ${why}`);
}

async function openCgroups(world: World, options: IsolationOptions): Promise<Isolator> {
  const rootName = options.cgroupsRoot.replace(/^\/+|\/+$/g, '');
  if (rootName === '' || rootName.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new IsolationError('unavailable', `'${options.cgroupsRoot}' cannot be the root of our cgroups`);
  }
  const mounts = await findCgroups(world.disk, options.cgroupsHierarchy);
  const has = (controller: string): boolean => mounts.v1.has(controller) || mounts.v2Controllers.has(controller);
  const missing = ['cpu', 'memory'].filter((controller) => !has(controller));
  if (missing.length === 2) {
    throw new IsolationError('unavailable', `there are no cgroup controllers at ${options.cgroupsHierarchy}`);
  }
  if (!world.host.isRoot) throw new IsolationError('unavailable', 'only root may use cgroups');

  const opened = new Map<string, Hierarchy>();
  const open = async (mount: string, version: 1 | 2): Promise<Hierarchy> => {
    const hierarchy = opened.get(mount) ?? (await openHierarchy(world, mounts, mount, version, rootName));
    opened.set(mount, hierarchy);
    return hierarchy;
  };
  /** A controller belongs to one version: v1 where it is mounted there, else v2. */
  const controllerAt = async (controller: string): Promise<Hierarchy | undefined> => {
    const mount = mounts.v1.get(controller);
    if (mount !== undefined) return open(mount, 1);
    return mounts.v2 !== undefined && mounts.v2Controllers.has(controller) ? open(mounts.v2, 2) : undefined;
  };

  const cpu = await controllerAt('cpu');
  const memory = await controllerAt('memory');
  const { hierarchy, isFreezer } = await treeHierarchy(mounts, open, cpu ?? memory);
  const timesOf = await timesFrom(mounts, open, cpu, hierarchy);
  const lowersRevocable = options.revocableCpuLowPriority ?? true;
  const isV1 = cpu?.version === 1 || memory?.version === 1;
  return new CgroupIsolator({
    kind: isV1 ? 'cgroups-v1' : 'cgroups-v2',
    warning:
      missing[0] === undefined
        ? undefined
        : `limits of ${missing[0]} are not enforced: this machine has no such cgroup controller`,
    cpu: cpu && (cpu.version === 1 ? cpuV1(cpu, timesOf, lowersRevocable) : cpuV2(cpu, lowersRevocable)),
    memory: memory && (memory.version === 1 ? memoryV1(memory, options.cgroupsLimitSwap) : memoryV2(memory)),
    tree: processTree(world, hierarchy, { isFreezer, destroyTimeoutMs: options.cgroupsDestroyTimeoutMs }),
    hierarchies: [...opened.values()],
    countProcesses: options.cgroupsCpuEnablePidsAndTidsCount,
    sleep: (ms) => world.clock.sleep(ms),
  });
}

/** At the top of the mount, or where v1 confines us to a part of it, below that part. */
async function openHierarchy(
  world: World,
  mounts: CgroupMounts,
  mount: string,
  version: 1 | 2,
  rootName: string,
): Promise<Hierarchy> {
  const controllers = version === 2 ? ['cpu', 'memory'].filter((name) => mounts.v2Controllers.has(name)) : [];
  const top = new Hierarchy(world, version, mount, rootName);
  try {
    await top.open(controllers);
    return top;
  } catch (cause) {
    const controller = [...mounts.v1].find(([, point]) => point === mount && version === 1)?.[0] ?? '';
    const part = mounts.own.get(controller) ?? '';
    if (!(cause instanceof DiskError) || cause.code !== 'forbidden' || part === '') throw cause;
    const below = new Hierarchy(world, version, mount + part, rootName);
    await below.open(controllers);
    return below;
  }
}

/** cpuacct, unless it would take one more cgroup for every container than a v2 hierarchy that counts too. */
async function timesFrom(
  mounts: CgroupMounts,
  open: (mount: string, version: 1 | 2) => Promise<Hierarchy>,
  cpu: Hierarchy | undefined,
  tree: Hierarchy,
): Promise<Parameters<typeof cpuV1>[1]> {
  const mount = mounts.v1.get('cpuacct');
  const isSeparate = mount !== undefined && mount !== mounts.v1.get('cpu');
  if (cpu?.version === 1 && isSeparate && tree.version === 2) return statTimes(tree);
  return mount === undefined ? undefined : cpuacctTimes(await open(mount, 1));
}

/** The hierarchy that follows processes: v2 if it lets us in, else the freezer, else any. */
async function treeHierarchy(
  mounts: CgroupMounts,
  open: (mount: string, version: 1 | 2) => Promise<Hierarchy>,
  any: Hierarchy | undefined,
): Promise<{ hierarchy: Hierarchy; isFreezer: boolean }> {
  if (mounts.v2 !== undefined) {
    try {
      return { hierarchy: await open(mounts.v2, 2), isFreezer: false };
    } catch {
      // Mounted but not ours to write: v1 has its own means.
    }
  }
  const freezer = mounts.v1.get('freezer');
  if (freezer !== undefined) return { hierarchy: await open(freezer, 1), isFreezer: true };
  if (any === undefined) throw new IsolationError('unavailable', 'no cgroup can follow processes');
  return { hierarchy: any, isFreezer: false };
}

/** A container that does nothing, from making to removing: what fails here would fail with every task. */
async function tryOut(world: World, isolator: Isolator): Promise<void> {
  const containerId = `probe-${world.random.uuid()}`;
  try {
    const directories = await isolator.create(containerId, {
      cpus: 0.1,
      cpusLimit: 1,
      memoryBytes: 2 ** 26,
      memoryLimitBytes: 2 ** 26,
    });
    const enter = 'for directory; do echo 0 >"$directory/cgroup.procs" || exit 1; done';
    const { exitCode, stderr } = await world.processes.run({
      argv: ['/bin/sh', '-c', enter, 'sh', ...directories],
      timeoutMs: 10_000,
    });
    if (exitCode !== 0) throw new IsolationError('unavailable', `a process cannot enter its cgroups: ${stderr.trim()}`);
  } finally {
    await isolator.remove(containerId);
  }
}
