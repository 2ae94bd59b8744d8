// The containerizer: launches containers, hears of their end, and leaves nothing of them behind. Each container is
// driven by one asynchronous path at a time (launch, then the end); what may come in between, above all `destroy`,
// leaves a mark that the path looks at after every wait.

import type { ResourceStatistics } from '../../../mesos/generated/v1.ts';
import { Resources } from '../../../mesos/resources.ts';
import { DiskError } from '../../../world/disk.ts';
import type { HostUser, World } from '../../../world/world.ts';
import { parentKey } from './container-id.ts';
import {
  type ContainerCheckpoint,
  type ContainerConfig,
  ContainerError,
  type ContainerExit,
  type Containerizer,
  type ContainerProbe,
  type ContainerView,
  type IsolationKind,
  type LaunchedContainer,
  type ProbeEnd,
} from './containerizer.ts';
import type { Isolator } from './isolation/isolator.ts';
import { limitsOf } from './isolation/limits.ts';
import type { Container } from './life/container.ts';
import { ExitWatcher } from './life/exit-watcher.ts';
import { memoryLimitation } from './life/limitation.ts';
import { killLeftoverProbes, runProbe } from './life/probe.ts';
import { RuntimeDirectory } from './life/runtime-record.ts';
import { type ContainerParts, launchError, startContainer } from './life/start.ts';
import { reopenStreams } from './life/streams.ts';
import type { ContainerizerOptions } from './options.ts';

const MEGABYTE = 2 ** 20;
/** How long the exit file stays after the end was told, so that an agent that dies right then can tell it again. */
const KEEP_RUNTIME_MS = 60_000;
/** A container whose processes do not die is tried again. */
const END_RETRY_MS = 10_000;
/** Ends under way are waited for this long when we close; what is left then is the next agent's to remove. */
const CLOSE_GRACE_MS = 2_000;
/** Between looks at nested containers whose end is under way elsewhere. */
const NESTED_PAUSE_MS = 10;

/** The containerizer of a real machine, or of a simulated one: both are behind World. */
export class LocalContainerizer implements Containerizer {
  readonly #parts: ContainerParts;
  readonly #world: World;
  readonly #isolator: Isolator;
  readonly #options: ContainerizerOptions;
  readonly #bootId: string;
  readonly #containers = new Map<string, Container>();
  readonly #exitListeners: ((exit: ContainerExit) => void)[] = [];
  readonly #watcher: ExitWatcher;
  readonly #ending = new Set<Promise<void>>();
  #isClosed = false;

  constructor(parts: ContainerParts) {
    const { world, isolator, options, bootId } = parts;
    this.#parts = parts;
    this.#world = world;
    this.#isolator = isolator;
    this.#options = options;
    this.#bootId = bootId;
    this.#watcher = new ExitWatcher(world, isolator, options, this.#containers, {
      ended: (container, status) => void this.#end(container, status),
      overran: (container, limitation) => {
        container.limitation = limitation;
        void this.#end(container, { kind: 'unknown' });
      },
    });
  }

  get isolation(): IsolationKind {
    return this.#isolator.kind;
  }

  get warning(): string | undefined {
    return this.#isolator.warning;
  }

  get fetcherCacheUsedBytes(): number {
    return this.#parts.fetcher.cacheUsedBytes;
  }

  onExit(fn: (exit: ContainerExit) => void): void {
    this.#exitListeners.push(fn);
  }

  async launch(config: ContainerConfig): Promise<LaunchedContainer> {
    const { containerId } = config;
    if (this.#containers.has(containerId)) {
      throw new ContainerError('launch', `Failed to launch container: there is a container ${containerId} already`);
    }
    const parent = this.#parentOf(containerId);
    if (parent !== undefined && (parent === 'none' || parent.phase !== 'running' || parent.isUnwanted)) {
      throw new ContainerError('launch', `Failed to launch container: the container it is nested in does not run`);
    }
    const container = this.#newContainer(config);
    const settled = Promise.withResolvers<void>();
    container.settled = settled.promise;
    parent?.nested.add(container);
    this.#containers.set(containerId, container);
    try {
      const launched = await startContainer(this.#parts, container, config, parent);
      container.phase = 'running';
      // The end, if it came meanwhile, is told from a later turn.
      this.#world.clock.setTimer(0, () => void this.#watch(container));
      return launched;
    } catch (cause) {
      await this.#undo(container);
      throw launchError(cause);
    } finally {
      settled.resolve();
    }
  }

  async update(containerId: string, wanted: Pick<ContainerConfig, 'resources' | 'limits'>): Promise<void> {
    const container = this.#containers.get(containerId);
    if (container?.phase !== 'running' || container.sharesLimits) return;
    const limits = limitsOf(wanted);
    const memoryLimitBytes = Math.max(limits.memoryLimitBytes, container.limits.memoryLimitBytes);
    container.limits = { ...limits, memoryLimitBytes };
    container.diskBytes = diskBytesOf(wanted.resources);
    try {
      await this.#isolator.update(containerId, container.limits);
    } catch (cause) {
      // It may have ended meanwhile.
      if (!(cause instanceof DiskError)) throw cause;
      if (this.#containers.get(containerId)?.phase === 'running') throw launchError(cause);
    }
  }

  async recover(known: readonly ContainerCheckpoint[]): Promise<void> {
    const knownIds = new Set(known.map((checkpoint) => checkpoint.containerId));
    // Outer ones first.
    const inOrder = [...known].sort((a, b) => a.containerId.split('.').length - b.containerId.split('.').length);
    for (const checkpoint of inOrder) await this.#takeBack(checkpoint);
    for (const name of await this.#runtimeNames()) {
      if (!knownIds.has(name)) await this.#destroyLeftover(name);
    }
    await this.#parts.provisioner.keepOnly(knownIds);
  }

  async signal(containerId: string, signal: Parameters<Containerizer['signal']>[1]): Promise<boolean> {
    const container = this.#containers.get(containerId);
    return container?.phase === 'running' && (await this.#isolator.signal(container, signal));
  }

  async probe(containerId: string, probe: ContainerProbe): Promise<ProbeEnd> {
    const container = this.#containers.get(containerId);
    if (container?.phase !== 'running') return { kind: 'not-run', why: undefined };
    return runProbe(this.#parts, container, probe);
  }

  async destroy(containerId: string): Promise<void> {
    const container = this.#containers.get(containerId);
    if (container === undefined) return;
    if (container.phase === 'launching') container.isUnwanted = true;
    else await this.#untilClosed(this.#killAndEnd(container));
  }

  async usage(containerId: string): Promise<ResourceStatistics | undefined> {
    const container = this.#containers.get(containerId);
    if (container?.phase !== 'running') return undefined;
    const measured = (await this.#isolator.statistics(container)) ?? (container.hasProcess ? undefined : {});
    if (measured === undefined) return undefined;
    const { cpus, cpusLimit, memoryBytes, memoryLimitBytes } = container.limits;
    return {
      timestamp: this.#world.clock.nowMs() / 1000,
      cpus_soft_limit: cpus,
      ...(cpusLimit !== undefined && Number.isFinite(cpusLimit) && { cpus_limit: cpusLimit }),
      mem_soft_limit_bytes: memoryBytes,
      ...(Number.isFinite(memoryLimitBytes) && { mem_limit_bytes: memoryLimitBytes }),
      ...(container.diskBytes !== undefined &&
        container.diskUsedBytes !== undefined && {
          disk_limit_bytes: container.diskBytes,
          disk_used_bytes: container.diskUsedBytes,
        }),
      ...measured,
    };
  }

  list(): readonly ContainerView[] {
    const views = [...this.#containers.values()].map(viewOf);
    return views.sort((a, b) => a.containerId.split('.').length - b.containerId.split('.').length);
  }

  find(containerId: string): ContainerView | undefined {
    const container = this.#containers.get(containerId);
    return container && viewOf(container);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // Launches under way give up; nobody would know their containers.
    for (const container of this.#containers.values()) {
      container.isUnwanted = true;
      container.streams?.close();
      for (const probe of container.probes.values()) probe.abandon();
    }
    this.#watcher.close();
    if (this.#ending.size > 0) {
      await Promise.race([Promise.allSettled(this.#ending), this.#world.clock.sleep(CLOSE_GRACE_MS)]);
    }
    await this.#isolator.close();
  }

  // --- launching ---

  #newContainer(config: ContainerConfig): Container {
    return {
      containerId: config.containerId,
      sandbox: config.sandbox,
      runtime: new RuntimeDirectory(this.#world.disk, config.runtimeDirectory),
      limits: limitsOf(config),
      sharesLimits: config.sharesLimits ?? false,
      hasProcess: config.command !== undefined,
      nested: new Set(),
      settled: Promise.resolve(),
      ports: Resources.of([...config.resources]).ranges('ports'),
      diskBytes: diskBytesOf(config.resources),
      user: undefined,
      phase: 'launching',
      process: undefined,
      streams: undefined,
      isUnwanted: false,
      limitation: undefined,
      watch: undefined,
      probes: new Map(),
      diskUsedBytes: undefined,
    };
  }

  /** After a launch that failed: nothing is left but the sandbox. */
  async #undo(container: Container): Promise<void> {
    container.streams?.close();
    try {
      container.process ??= await container.runtime.running();
      await this.#isolator.kill(container);
      await this.#isolator.remove(container.containerId);
      await this.#parts.provisioner.release(container.containerId);
      await container.runtime.remove();
    } catch (cause) {
      this.#logFailure('a container that could not be launched could not be removed either', container, cause);
    }
    this.#remove(container);
  }

  #remove(container: Container): void {
    const { containerId } = container;
    this.#containers.delete(containerId);
    const parent = this.#parentOf(containerId);
    if (parent !== undefined && parent !== 'none') parent.nested.delete(container);
  }

  /** Undefined when it stands alone; `none` when the one it is to be nested in is not there. */
  #parentOf(containerId: string): Container | 'none' | undefined {
    const key = parentKey(containerId);
    return key === undefined ? undefined : (this.#containers.get(key) ?? 'none');
  }

  async #watch(container: Container): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#watcher.watch(container);
    } catch (cause) {
      this.#logFailure('a container is not watched', container, cause);
    }
  }

  // --- ending ---

  async #killAndEnd(container: Container): Promise<void> {
    await this.#isolator.kill(container);
    if (container.phase !== 'running') return;
    // The command's own end, when it came before the kill; else it is unknown, for the kill took the runner along.
    await this.#removeAndTell(container, (await container.runtime.exit()) ?? { kind: 'unknown' });
  }

  /** Only the first call does anything. */
  async #end(container: Container, status: ContainerExit['status']): Promise<void> {
    if (!this.#isClosed) await this.#untilClosed(this.#removeAndTell(container, status));
  }

  /** `close` waits for it. */
  async #untilClosed(end: Promise<void>): Promise<void> {
    this.#ending.add(end);
    try {
      await end;
    } finally {
      this.#ending.delete(end);
    }
  }

  /** Makes sure that nothing of the container runs or stays, and tells its end. */
  async #removeAndTell(container: Container, status: ContainerExit['status']): Promise<void> {
    const { containerId, runtime } = container;
    if (container.phase !== 'running') return;
    container.phase = 'ending';
    container.watch?.close();
    try {
      await this.#isolator.kill(container);
      await this.#endNested(container);
      for (const probe of container.probes.values()) await probe.containerEnded();
      await container.streams?.drain();
      const overrun = await this.#isolator.memoryOverrun(containerId);
      if (overrun !== undefined) container.limitation = memoryLimitation(overrun);
      // Before the cgroup goes, which is what tells it; the agent may die before it has told anybody.
      if (container.limitation !== undefined) await runtime.saveLimitation(container.limitation);
      await this.#isolator.remove(containerId);
      await this.#parts.provisioner.release(containerId);
    } catch (cause) {
      this.#logFailure('a container does not end, trying again', container, cause);
      container.phase = 'running';
      this.#world.clock.setTimer(END_RETRY_MS, () => void this.#end(container, status));
      return;
    }
    this.#forget(container, status);
  }

  /** What is nested in a container that ends, ends before it. */
  async #endNested(container: Container): Promise<void> {
    while (container.nested.size > 0) {
      for (const nested of [...container.nested]) {
        if (nested.phase === 'launching') nested.isUnwanted = true;
        // What ends the outer one is the reason for their end too.
        nested.limitation ??= container.limitation;
        await nested.settled;
        if (nested.phase === 'running') await this.#killAndEnd(nested);
      }
      if (container.nested.size > 0) await this.#world.clock.sleep(NESTED_PAUSE_MS);
    }
  }

  #forget(container: Container, status: ContainerExit['status']): void {
    const { containerId, limitation, runtime } = container;
    this.#remove(container);
    const exit: ContainerExit = { containerId, status, ...(limitation !== undefined && { limitation }) };
    for (const fn of this.#exitListeners) fn(exit);
    this.#world.clock.setTimer(KEEP_RUNTIME_MS, () => {
      if (this.#isClosed) return;
      runtime.remove().catch((cause) => this.#logFailure('a runtime directory could not be removed', container, cause));
    });
  }

  // --- recovery ---

  async #takeBack(checkpoint: ContainerCheckpoint): Promise<void> {
    const { containerId, process, sandbox, runtimeDirectory, resources, sharesLimits } = checkpoint;
    const config = {
      containerId,
      sandbox,
      runtimeDirectory,
      resources,
      limits: {},
      ...(sharesLimits && { sharesLimits }),
    };
    const container: Container = {
      ...this.#newContainer({
        ...config,
        user: undefined,
        command: process && { shell: false, value: '', arguments: [] },
        environment: {},
        uris: [],
      }),
      process,
      phase: 'running',
      user: await this.#ownerOf(sandbox),
      limitation: await new RuntimeDirectory(this.#world.disk, runtimeDirectory).limitation(),
    };
    this.#containers.set(containerId, container);
    const parent = this.#parentOf(containerId);
    if (parent !== undefined && parent !== 'none') parent.nested.add(container);
    if (checkpoint.bootId !== this.#bootId) {
      // Its processes died with the machine; its pid is somebody else's now and must not be touched.
      container.process = undefined;
      this.#tellEndLater(container, (await container.runtime.exit()) ?? { kind: 'unknown' });
      return;
    }
    container.streams = await reopenStreams(this.#world, container);
    await killLeftoverProbes(this.#parts, container);
    this.#world.clock.setTimer(0, () => void this.#watch(container));
  }

  #tellEndLater(container: Container, status: ContainerExit['status']): void {
    this.#world.clock.setTimer(0, () => void this.#end(container, status));
  }

  /** Who the sandbox was given to, for rotating its output and for probes: by number, for the name may be gone by now. */
  async #ownerOf(sandbox: string): Promise<HostUser | undefined> {
    const { disk, host } = this.#world;
    const stat = await disk.statLink(sandbox);
    if (stat === undefined || host.userName(stat.uid) === host.currentUser) return undefined;
    const name = host.userName(stat.uid);
    const user = await host.user(name);
    if (user?.uid === stat.uid) return user;
    return { name, uid: stat.uid, gid: stat.gid, groups: [stat.gid], home: '/' };
  }

  async #runtimeNames(): Promise<string[]> {
    try {
      return await this.#world.disk.list(this.#options.runtimeContainers);
    } catch (cause) {
      if (cause instanceof DiskError && cause.code === 'not-found') return [];
      throw cause;
    }
  }

  /** A container of ours that nobody has checkpointed as running: its launch was interrupted, or its end is long told. */
  async #destroyLeftover(name: string): Promise<void> {
    const runtime = new RuntimeDirectory(this.#world.disk, `${this.#options.runtimeContainers}/${name}`);
    const record = await runtime.record();
    if (record === undefined || record.owner !== this.#options.owner || record.containerId !== name) return;
    const process = record.bootId === this.#bootId ? await runtime.running() : undefined;
    try {
      await this.#isolator.kill({ containerId: name, process });
      if (record.bootId === this.#bootId) await killLeftoverProbes(this.#parts, { containerId: name, runtime });
      await this.#isolator.remove(name);
      await runtime.remove();
      if (process !== undefined) this.#world.log.warn('destroyed a container that nobody knows', { containerId: name });
    } catch (cause) {
      this.#world.log.error('a container that nobody knows could not be destroyed', {
        containerId: name,
        error: (cause as Error).message,
      });
    }
  }

  #logFailure(message: string, container: Container, cause: unknown): void {
    this.#world.log.error(message, {
      containerId: container.containerId,
      error: cause instanceof Error ? cause.message : String(cause),
    });
  }
}

function viewOf({ containerId, phase, user, sandbox, process, streams }: Container): ContainerView {
  return { containerId, phase, user: user?.name, sandbox, process, streams };
}

function diskBytesOf(resources: ContainerConfig['resources']): number | undefined {
  const megabytes = Resources.of([...resources]).scalar('disk');
  return megabytes === undefined ? undefined : megabytes * MEGABYTE;
}
