// Looks after running containers: an event when the exit file changes, and a sweep for what makes no event (a runner that
// was killed, memory overrun by a child of the task, output and sandboxes that grow).
import { DiskError } from '../../../../world/disk.ts';
import type { ExitStatus } from '../../../../world/processes.ts';
import type { Timer, World } from '../../../../world/world.ts';
import { featuresOf } from '../confinement/features.ts';
import type { ContainerExit } from '../containerizer.ts';
import type { Isolator } from '../isolation/isolator.ts';
import type { ContainerizerOptions } from '../options.ts';
import type { Container } from './container.ts';
import { diskLimitation, memoryLimitation } from './limitation.ts';
import { PortsWatch } from './ports-watch.ts';
import { rotateTaskLogs } from './task-logs.ts';

const SWEEP_INTERVAL_MS = 1_000;
/** Sizes are looked at every so many sweeps. */
const SWEEPS_PER_LOG_CHECK = 5;
const LOOKS_PER_TURN = 50;
const DISK_USAGE_TIMEOUT_MS = 60_000;

/** What was seen of a running container. */
export interface ExitWatcherEvents {
  /** Its command has ended, or is gone without a trace (`unknown`). */
  ended(container: Container, status: ExitStatus | { readonly kind: 'unknown' }): void;
  /** It is over a limit and must be killed. */
  overran(container: Container, limitation: NonNullable<ContainerExit['limitation']>): void;
}

/** Looks at the given map's containers as they are by then. */
export class ExitWatcher {
  readonly #world: World;
  readonly #isolator: Isolator;
  readonly #options: ContainerizerOptions;
  readonly #containers: ReadonlyMap<string, Container>;
  readonly #events: ExitWatcherEvents;
  readonly #timers: Timer[];
  readonly #ports: PortsWatch | undefined;
  #sweeps = 0;
  #isSweeping = false;
  #isMeasuring = false;
  #isClosed = false;

  constructor(
    world: World,
    isolator: Isolator,
    options: ContainerizerOptions,
    containers: ReadonlyMap<string, Container>,
    events: ExitWatcherEvents,
  ) {
    this.#world = world;
    this.#isolator = isolator;
    this.#options = options;
    this.#containers = containers;
    this.#events = events;
    this.#timers = [world.clock.every(SWEEP_INTERVAL_MS, () => void this.#sweep())];
    const features = featuresOf(options.isolation);
    this.#ports = features.ports ? new PortsWatch(world, isolator, options, containers, events.overran) : undefined;
    if (options.enforceContainerDiskQuota || features.disk) {
      this.#timers.push(world.clock.every(options.containerDiskWatchIntervalMs, () => void this.#measureDisks()));
    }
  }

  /** As `watch`, from a later turn on. */
  watchSoon(container: Container): void {
    this.#world.clock.setTimer(0, () => {
      if (!this.#isClosed) this.watch(container).catch((cause) => this.#logFailure(container, cause));
    });
  }

  /** From now on the container's end is told. */
  async watch(container: Container): Promise<void> {
    if (!container.hasProcess) return;
    // Short commands are over by now, and need no watch.
    await this.#lookAtExitFile(container);
    if (container.phase !== 'running') return;
    const look = this.#onceAtATime(container);
    try {
      const watch = await this.#world.disk.watch(container.runtime.path, (name) => {
        if (name === 'exit') look();
        else container.probes.get(name)?.look();
      });
      // Whoever ended it meanwhile could not close what was not there yet.
      if (container.phase !== 'running') {
        watch.close();
        return;
      }
      container.watch = watch;
    } catch (cause) {
      // Too many watches on this machine: the sweep sees the end too, only later.
      if (!(cause instanceof DiskError)) throw cause;
      this.#world.log.warn('a container cannot be watched, it is polled', { containerId: container.containerId });
    }
    // It may have ended before the watch was there.
    await this.#lookAtExitFile(container);
  }

  /** One end makes several events: those that come while we look are answered by one more look. */
  #onceAtATime(container: Container): () => void {
    let isLooking = false;
    let isDue = false;
    const look = async (): Promise<void> => {
      isDue = true;
      if (isLooking) return;
      isLooking = true;
      while (isDue) {
        isDue = false;
        await this.#lookAtExitFile(container).catch((cause) => this.#logFailure(container, cause));
      }
      isLooking = false;
    };
    return () => void look();
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#ports?.close();
    for (const container of this.#containers.values()) container.watch?.close();
  }

  async #lookAtExitFile(container: Container): Promise<void> {
    if (container.phase !== 'running') return;
    const status = await container.runtime.exit();
    if (status !== undefined) this.#events.ended(container, status);
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const checksLogs = ++this.#sweeps % SWEEPS_PER_LOG_CHECK === 0;
    let looked = 0;
    for (const container of [...this.#containers.values()]) {
      if (container.phase !== 'running') continue;
      // What /proc and cgroups tell is read without giving the turn away, so that many containers would hold everything up.
      if (++looked % LOOKS_PER_TURN === 0) await this.#world.clock.sleep(0);
      try {
        await this.#look(container);
        if (checksLogs) await rotateTaskLogs(this.#world, container, this.#options);
      } catch (cause) {
        this.#logFailure(container, cause);
      }
    }
    this.#isSweeping = false;
  }

  async #look(container: Container): Promise<void> {
    const { process, containerId } = container;
    if (container.hasProcess && (process === undefined || !(await this.#world.processes.isAlive(process)))) {
      // Not alive before the exit file is read: had it ended properly, the file says so by now.
      await this.#lookAtExitFile(container);
      if (container.phase === 'running') this.#events.ended(container, { kind: 'unknown' });
      return;
    }
    const overrun = await this.#isolator.memoryOverrun(containerId);
    if (overrun !== undefined && container.phase === 'running') {
      this.#events.overran(container, memoryLimitation(overrun));
    }
  }

  async #measureDisks(): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    for (const container of [...this.#containers.values()]) {
      if (container.phase !== 'running' || container.diskBytes === undefined) continue;
      const usedBytes = await this.#sandboxBytes(container);
      if (usedBytes === undefined) continue;
      container.diskUsedBytes = usedBytes;
      const isOver = this.#options.enforceContainerDiskQuota && usedBytes > container.diskBytes;
      if (isOver && container.phase === 'running') {
        this.#events.overran(container, diskLimitation(container.diskBytes, usedBytes));
      }
    }
    this.#isMeasuring = false;
  }

  async #sandboxBytes(container: Container): Promise<number | undefined> {
    const { log, processes } = this.#world;
    try {
      const { stdout } = await processes.run({
        argv: ['du', '-k', '-s', '-x', '--', container.sandbox],
        timeoutMs: DISK_USAGE_TIMEOUT_MS,
      });
      // du complains of files that vanish while it counts; the sum is good all the same.
      const kilobytes = Number.parseInt(stdout, 10);
      return Number.isNaN(kilobytes) ? undefined : kilobytes * 1024;
    } catch (cause) {
      log.warn('the size of a sandbox could not be measured', { sandbox: container.sandbox, error: String(cause) });
      return undefined;
    }
  }

  /** The next sweep looks again. */
  #logFailure({ containerId }: Container, cause: unknown): void {
    const error = cause instanceof Error ? cause.message : String(cause);
    this.#world.log.error('a container could not be looked after', { containerId, error });
  }
}
