// The containerizer: launches containers, hears of their end, and leaves nothing of them behind. Each container is
// driven by one asynchronous path at a time (launch, then the end); what may come in between, above all `destroy`,
// leaves a mark that the path looks at after every wait.
import type { ResourceStatistics } from '../../../mesos/generated/v1.ts';
import { DiskError } from '../../../world/disk.ts';
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
import { ContainerBook, diskBytesOf, portsOf } from './life/container-book.ts';
import { Endings } from './life/endings.ts';
import { ExitWatcher } from './life/exit-watcher.ts';
import { runProbe } from './life/probe.ts';
import { Recovery } from './life/recovery.ts';
import { type ContainerParts, launchError, startContainer } from './life/start.ts';
import { usageOf } from './life/usage.ts';

/** The containerizer of a real machine, or of a simulated one: both are behind World. */
export class LocalContainerizer implements Containerizer {
  readonly #parts: ContainerParts;
  readonly #isolator: Isolator;
  readonly #book: ContainerBook;
  readonly #endings: Endings;
  readonly #watcher: ExitWatcher;

  constructor(parts: ContainerParts) {
    const { world, isolator, options } = parts;
    this.#parts = parts;
    this.#isolator = isolator;
    this.#book = new ContainerBook(world.disk);
    this.#endings = new Endings(parts, this.#book);
    this.#watcher = new ExitWatcher(world, isolator, options, this.#book.all, {
      ended: (container, status) => void this.#endings.end(container, status),
      overran: (container, limitation) => {
        container.limitation = limitation;
        void this.#endings.end(container, { kind: 'unknown' });
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
    this.#endings.onExit(fn);
  }

  async launch(config: ContainerConfig): Promise<LaunchedContainer> {
    const { containerId } = config;
    if (this.#book.get(containerId) !== undefined) {
      throw new ContainerError('launch', `Failed to launch container: there is a container ${containerId} already`);
    }
    const parent = this.#book.parentOf(containerId);
    if (parent !== undefined && (parent === 'none' || parent.phase !== 'running' || parent.isUnwanted)) {
      throw new ContainerError('launch', `Failed to launch container: the container it is nested in does not run`);
    }
    const settled = Promise.withResolvers<void>();
    const facts = { ...config, hasProcess: config.command !== undefined };
    const container = this.#book.open(facts, { settled: settled.promise });
    try {
      const launched = await startContainer(this.#parts, container, config, parent);
      container.phase = 'running';
      this.#watcher.watchSoon(container);
      return launched;
    } catch (cause) {
      await this.#endings.undo(container);
      throw launchError(cause);
    } finally {
      settled.resolve();
    }
  }

  async update(containerId: string, wanted: Pick<ContainerConfig, 'resources' | 'limits'>): Promise<void> {
    const container = this.#book.get(containerId);
    if (container?.phase !== 'running' || container.sharesLimits) return;
    const limits = limitsOf(wanted);
    const memoryLimitBytes = Math.max(limits.memoryLimitBytes, container.limits.memoryLimitBytes);
    container.limits = { ...limits, memoryLimitBytes };
    container.diskBytes = diskBytesOf(wanted.resources);
    container.ports = portsOf(wanted.resources);
    try {
      await this.#isolator.update(containerId, container.limits);
    } catch (cause) {
      // It may have ended meanwhile.
      if (!(cause instanceof DiskError)) throw cause;
      if (this.#book.get(containerId)?.phase === 'running') throw launchError(cause);
    }
  }

  async recover(known: readonly ContainerCheckpoint[]): Promise<void> {
    const recovery = new Recovery(this.#parts, this.#book, {
      runs: (container) => this.#watcher.watchSoon(container),
      ended: (container, status) => void this.#endings.end(container, status),
    });
    await recovery.run(known);
  }

  async signal(containerId: string, signal: Parameters<Containerizer['signal']>[1]): Promise<boolean> {
    const container = this.#book.get(containerId);
    return container?.phase === 'running' && (await this.#isolator.signal(container, signal));
  }

  async probe(containerId: string, probe: ContainerProbe): Promise<ProbeEnd> {
    const container = this.#book.get(containerId);
    if (container?.phase !== 'running') return { kind: 'not-run', why: undefined };
    return runProbe(this.#parts, container, probe);
  }

  async destroy(containerId: string): Promise<void> {
    const container = this.#book.get(containerId);
    if (container === undefined) return;
    if (container.phase === 'launching') container.isUnwanted = true;
    else await this.#endings.destroy(container);
  }

  async usage(containerId: string): Promise<ResourceStatistics | undefined> {
    const container = this.#book.get(containerId);
    if (container?.phase !== 'running') return undefined;
    return usageOf(this.#parts.world.clock, this.#isolator, container);
  }

  list(): readonly ContainerView[] {
    const views = [...this.#book.all.values()].map((container) => this.#viewOf(container));
    return views.sort((a, b) => a.containerId.split('.').length - b.containerId.split('.').length);
  }

  find(containerId: string): ContainerView | undefined {
    const container = this.#book.get(containerId);
    return container && this.#viewOf(container);
  }

  pruneImages(excluded: readonly string[]): Promise<void> {
    return this.#parts.provisioner.prune(excluded);
  }

  async close(): Promise<void> {
    // Launches under way give up; nobody would know their containers.
    for (const container of this.#book.all.values()) {
      container.isUnwanted = true;
      container.streams?.close();
      for (const probe of container.probes.values()) probe.abandon();
    }
    this.#watcher.close();
    this.#parts.provisioner.close();
    await this.#endings.close();
    this.#parts.networks.close();
    await this.#isolator.close();
  }

  #viewOf({ containerId, phase, user, sandbox, process, streams }: Container): ContainerView {
    const networkNamespace = this.#parts.networks.of(containerId)?.namespace;
    return { containerId, phase, user: user?.name, sandbox, process, streams, networkNamespace };
  }
}
