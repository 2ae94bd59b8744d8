// A containerizer on this very machine for tests: its own directories and cgroup root, all gone afterwards.
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ContainerCheckpoint,
  ContainerConfig,
  ContainerExit,
  Containerizer,
} from '../../src/daemon/agent/containers/containerizer.ts';
import { type ContainerizerOptions, createContainerizer } from '../../src/daemon/agent/containers/index.ts';
import { Resources } from '../../src/mesos/resources.ts';
import type { ProcessIdentity } from '../../src/world/processes.ts';
import { createRealWorld, type RealWorld } from '../../src/world/real/index.ts';

export const CGROUP_MOUNTS = '/sys/fs/cgroup';

export interface Fixture {
  readonly world: RealWorld;
  readonly directory: string;
  readonly containerizer: Containerizer;
  readonly options: ContainerizerOptions;
  /** Config of a shell command with 0.1 cpus and 64 MB. */
  config(script: string, changes?: Partial<ContainerConfig> & { readonly wants?: string }): Promise<ContainerConfig>;
  /** The end of a container, which may have come already. */
  exitOf(containerId: string): Promise<ContainerExit>;
  /** Launches a container that has a process of its own. */
  launch(config: ContainerConfig): Promise<{ readonly process: ProcessIdentity }>;
  /** Launches and waits for the end. */
  run(config: ContainerConfig): Promise<ContainerExit>;
  stdout(config: ContainerConfig): Promise<string>;
  stderr(config: ContainerConfig): Promise<string>;
  checkpoint(
    config: ContainerConfig,
    launched: { readonly process: ContainerCheckpoint['process'] },
  ): Promise<ContainerCheckpoint>;
  /** Directories of our cgroup root that are still there, root itself excluded. */
  leftoverCgroups(): Promise<string[]>;
  dispose(): Promise<void>;
}

export async function makeFixture(changes: Partial<ContainerizerOptions> = {}, directory?: string): Promise<Fixture> {
  const root = directory ?? (await mkdtemp(join(tmpdir(), 'mctl-containers-')));
  const world = createRealWorld({ log: { level: 'error' } });
  const options: ContainerizerOptions = {
    isolation: undefined,
    cgroupsHierarchy: CGROUP_MOUNTS,
    cgroupsRoot: `mctl-test-${root.slice(-6)}`,
    cgroupsLimitSwap: false,
    cgroupsDestroyTimeoutMs: 10_000,
    cgroupsCpuEnablePidsAndTidsCount: true,
    owner: root,
    runtimeContainers: join(root, 'runtime'),
    frameworksHome: '',
    fetcherCacheDir: join(root, 'cache'),
    fetcherCacheSizeBytes: 2 ** 20,
    fetcherStallTimeoutMs: 2_000,
    containerDiskWatchIntervalMs: 500,
    enforceContainerDiskQuota: false,
    maxTaskLogBytes: 100 * 2 ** 20,
    ...changes,
  };
  await mkdir(options.runtimeContainers, { recursive: true });
  const containerizer = await createContainerizer(world, options).catch(async (cause) => {
    await rm(root, { recursive: true, force: true });
    throw cause;
  });
  const exits = new Map<string, ContainerExit>();
  const waiting = new Map<string, (exit: ContainerExit) => void>();
  containerizer.onExit((exit) => {
    exits.set(exit.containerId, exit);
    waiting.get(exit.containerId)?.(exit);
  });
  const exitOf = (containerId: string): Promise<ContainerExit> =>
    new Promise((resolve) => {
      const known = exits.get(containerId);
      if (known !== undefined) resolve(known);
      else waiting.set(containerId, resolve);
    });
  return {
    world,
    directory: root,
    containerizer,
    options,
    exitOf,
    async config(script, { wants = 'cpus:0.1;mem:64', ...rest } = {}) {
      const containerId = world.random.uuid();
      const sandbox = join(root, 'sandboxes', containerId);
      await mkdir(sandbox, { recursive: true });
      return {
        containerId,
        sandbox,
        runtimeDirectory: join(options.runtimeContainers, containerId),
        user: undefined,
        command: { shell: true, value: script, arguments: [] },
        environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
        uris: [],
        resources: Resources.parse(wants).toMessages(),
        limits: {},
        ...rest,
      };
    },
    async launch(config) {
      const { process } = await containerizer.launch(config);
      if (process === undefined) throw new Error('the container has no process');
      return { process };
    },
    async run(config) {
      await containerizer.launch(config);
      return exitOf(config.containerId);
    },
    stdout: (config) => readFile(join(config.sandbox, 'stdout'), 'utf8'),
    stderr: (config) => readFile(join(config.sandbox, 'stderr'), 'utf8'),
    async checkpoint({ containerId, sandbox, runtimeDirectory, resources, sharesLimits }, { process }) {
      const bootId = await world.host.bootId();
      return {
        containerId,
        process,
        sandbox,
        runtimeDirectory,
        resources,
        bootId,
        ...(sharesLimits && { sharesLimits }),
      };
    },
    leftoverCgroups: () => cgroupsBelow(options.cgroupsRoot),
    async dispose() {
      for (const name of await readdir(options.runtimeContainers)) await containerizer.destroy(name);
      await containerizer.close();
      await world.close();
      for (const path of await cgroupRoots(options.cgroupsRoot)) throw new Error(`${path} is left behind`);
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function cgroupRoots(name: string): Promise<string[]> {
  const candidates = [CGROUP_MOUNTS, ...(await subdirectories(CGROUP_MOUNTS))].map((mount) => join(mount, name));
  const found: string[] = [];
  for (const path of candidates) if ((await subdirectories(path, true)) !== undefined) found.push(path);
  return found;
}

async function cgroupsBelow(name: string): Promise<string[]> {
  const found: string[] = [];
  for (const root of await cgroupRoots(name)) found.push(...(await subdirectories(root)).map((path) => path));
  return found;
}

async function subdirectories(path: string): Promise<string[]>;
async function subdirectories(path: string, orNothing: true): Promise<string[] | undefined>;
async function subdirectories(path: string, orNothing = false): Promise<string[] | undefined> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
  } catch {
    return orNothing ? undefined : [];
  }
}
