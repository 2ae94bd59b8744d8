// The part of a turn that changes things: files, then running servers or a reload (haproxy.md 10.7 to 10.10).
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import { doAhead } from '../../plan/drain-ahead.ts';
import type { Files, Plan } from '../../plan/plan-change.ts';
import { type Draft, noteApplied } from '../memory/draft.ts';
import type { Brought } from '../report.ts';
import type { ApplySettings } from '../settings.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { RuntimeChanges } from './bring-at-runtime.ts';
import { Reloading } from './bring-by-reload.ts';
import { isOnDisk, replaceFiles } from './replace.ts';
import type { Running, Sockets } from './running.ts';
import { keepVersion } from './versions.ts';

type ApplyWorld = Pick<World, 'clock' | 'net' | 'disk' | 'processes'>;

/** One turn's changes. `draft` is told what happened, as soon as it happened. */
export class Installation {
  readonly #world: ApplyWorld;
  readonly #settings: ApplySettings;
  readonly #draft: Draft;
  readonly #watch: Stopwatch;
  readonly #atRuntime: RuntimeChanges;
  readonly #reloading: Reloading;
  readonly warnings: string[] = [];

  constructor(world: ApplyWorld, settings: ApplySettings, sockets: Sockets, draft: Draft, watch: Stopwatch) {
    this.#world = world;
    this.#settings = settings;
    this.#draft = draft;
    this.#watch = watch;
    this.#atRuntime = new RuntimeChanges(world, settings, sockets.admin, draft, this.warnings);
    this.#reloading = new Reloading(world, settings, sockets, draft, watch, this.warnings);
  }

  get commands(): number {
    return this.#atRuntime.commands;
  }

  /** Follows a plan. Throws ApplyError `disk` and `not-running`; a failed reload is an outcome. */
  async bring(plan: Plan, before: Files | undefined, next: Files, running: Running): Promise<Brought> {
    if (plan.kind === 'reload') {
      const againMs = await this.#waitMs();
      if (againMs > 0) {
        const ahead = this.#settings.changesAtRuntime;
        await this.#atRuntime.tryAhead(ahead ? doAhead(before?.config, next.config, running.servers ?? []) : []);
        return { outcome: 'deferred', why: plan.why, againMs };
      }
    }
    if (!isOnDisk(this.#settings.configPath, before, next)) await this.#replace(next);
    switch (plan.kind) {
      case 'nothing':
        noteApplied(this.#draft, next, this.#world.clock.nowMs());
        await this.#atRuntime.cleanUp(plan.leftovers);
        return { outcome: 'nothing' };
      case 'runtime': {
        await this.#atRuntime.cleanUp(plan.leftovers);
        const why = await this.#watch.stage('runtime', () => this.#atRuntime.bring(plan.commands, next));
        if (why === undefined) return { outcome: 'runtime' };
        const againMs = await this.#waitMs();
        return againMs > 0 ? { outcome: 'deferred', why, againMs } : this.#reloading.bring(why, before, next);
      }
      case 'reload':
        return this.#reloading.bring(plan.why, before, next);
    }
  }

  /** Time left until the next reload may be: slept here, or to be told. */
  async #waitMs(): Promise<number> {
    const { lastReloadMs } = this.#draft;
    const { minReloadIntervalMs, whenTooEarly } = this.#settings;
    if (lastReloadMs === undefined) return 0;
    const passedMs = this.#world.clock.nowMs() - lastReloadMs;
    // A clock that was set back must not hold anything up for long.
    const leftMs = passedMs < 0 ? 0 : Math.max(0, minReloadIntervalMs - passedMs);
    if (leftMs === 0 || whenTooEarly === 'defer') return leftMs;
    await this.#world.clock.sleep(leftMs);
    return 0;
  }

  async #replace(next: Files): Promise<void> {
    const { configPath, keepVersions } = this.#settings;
    await this.#watch.stage('replace', async () => {
      await replaceFiles(this.#world, configPath, next);
      try {
        await keepVersion(this.#world, configPath, next, keepVersions);
      } catch (error) {
        if (!(error instanceof DiskError)) throw error;
        this.warnings.push(`no copy of this version could be kept: ${error.message}`);
      }
    });
  }
}
