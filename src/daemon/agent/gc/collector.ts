// Deletes old sandboxes: looks at the disk every `--disk_watch_interval` and removes what has become too old for how full
// it is. At start it finds what earlier agents left (mesos-semantics.md 8.5).
import { type Disk, DiskError } from '../../../world/disk.ts';
import type { Timer, World } from '../../../world/world.ts';
import type { Background } from '../background.ts';
import type { AgentCounters } from '../metrics/counters.ts';
import { GcSchedule, maxAllowedAgeMs } from './gc-schedule.ts';

/** `headroom`: share of the disk to keep free, 0 to 1 (mesos-semantics.md 8.5). */
export interface CollectorOptions {
  readonly world: World;
  readonly workDirectory: string;
  readonly delayMs: number;
  readonly headroom: number;
  readonly watchIntervalMs: number;
  readonly counters: AgentCounters;
  readonly background: Background;
}

/** Deletes one directory at a time. What cannot be deleted is logged and counted, not tried for ever. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #disk: Disk;
  readonly #schedule = new GcSchedule();
  /** To be deleted now, one after the other. */
  readonly #due = new Set<string>();
  #timer: Timer | undefined;
  #maxAgeMs: number;
  #isCollecting = false;
  #removing: { readonly path: string; readonly done: Promise<void> } | undefined;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#disk = options.world.disk;
    this.#maxAgeMs = maxAllowedAgeMs(options.delayMs, options.headroom, 0);
  }

  /** Metric `slave/executor_directory_max_allowed_age_secs`. */
  get maxAllowedAgeSeconds(): number {
    return this.#maxAgeMs / 1000;
  }

  get pending(): number {
    return this.#schedule.size + this.#due.size;
  }

  start(): void {
    const { world, watchIntervalMs, delayMs } = this.#options;
    this.#timer = world.clock.every(Math.max(1, Math.min(watchIntervalMs, delayMs)), () => this.#tick());
    this.#tick();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** The directory is of no use from now on. */
  schedule(path: string, sinceMs: number = this.#options.world.clock.nowMs()): void {
    this.#schedule.add(path, sinceMs);
  }

  unschedule(path: string): void {
    this.#schedule.remove(path);
    this.#due.delete(path);
  }

  /** The directory is about to be used again; resolves when nobody is deleting it (any more). */
  async claim(path: string): Promise<void> {
    this.unschedule(path);
    if (this.#removing?.path === path) await this.#removing.done;
  }

  #tick(): void {
    if (this.#isCollecting) return;
    this.#isCollecting = true;
    this.#options.background.run('garbage collection', async () => {
      try {
        await this.#collect();
      } finally {
        this.#isCollecting = false;
      }
    });
  }

  async #collect(): Promise<void> {
    const { world, workDirectory, delayMs, headroom } = this.#options;
    try {
      const { totalBytes, freeBytes } = await this.#disk.space(workDirectory);
      const usage = totalBytes > 0 ? 1 - freeBytes / totalBytes : 0;
      this.#maxAgeMs = maxAllowedAgeMs(delayMs, headroom, usage);
    } catch (error) {
      // Tasks must not lose their agent over a figure: the age of the last time holds.
      if (!(error instanceof DiskError)) throw error;
      world.log.warn('it cannot be told how full the disk is', { path: workDirectory, error });
    }
    for (const path of this.#schedule.takeDue(world.clock.nowMs(), this.#maxAgeMs)) this.#due.add(path);
    for (const path of this.#due) {
      this.#due.delete(path);
      const done = this.#remove(path);
      this.#removing = { path, done };
      await done;
      this.#removing = undefined;
    }
  }

  async #remove(path: string): Promise<void> {
    const { world, counters } = this.#options;
    try {
      await this.#disk.remove(path);
      counters.increment('gc/path_removals_succeeded');
      world.log.debug('deleted', { path });
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      counters.increment('gc/path_removals_failed');
      world.log.warn('could not be deleted', { path, error });
    }
  }
}
