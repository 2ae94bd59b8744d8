// A reload, seen to its end, and the way back when HAProxy would not have the new files (haproxy.md 10.8 to 10.10).
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import type { Files } from '../../plan/plan-change.ts';
import { ApplyError } from '../apply-error.ts';
import { filesHash } from '../compose.ts';
import { type Draft, noteApplied } from '../memory/draft.ts';
import type { Brought } from '../report.ts';
import type { ApplySettings } from '../settings.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { tellToReload } from './reload.ts';
import { replaceFiles } from './replace.ts';
import { isAnotherWorker, lookAtRunning, type Running, type Sockets } from './running.ts';
import { serverStatePath, writeServerState } from './state-for-haproxy.ts';
import { verifyReload } from './verify.ts';
import { versionOf } from './versions.ts';

const EXTRA_MS_PER_KIB = 2;

type ReloadWorld = Pick<World, 'clock' | 'net' | 'disk' | 'processes'>;

/** One turn's. */
export class Reloading {
  readonly #world: ReloadWorld;
  readonly #settings: ApplySettings;
  readonly #sockets: Sockets;
  readonly #draft: Draft;
  readonly #watch: Stopwatch;
  readonly #warnings: string[];

  constructor(
    world: ReloadWorld,
    settings: ApplySettings,
    sockets: Sockets,
    draft: Draft,
    watch: Stopwatch,
    warnings: string[],
  ) {
    this.#world = world;
    this.#settings = settings;
    this.#sockets = sockets;
    this.#draft = draft;
    this.#watch = watch;
    this.#warnings = warnings;
  }

  /** `next` is on disk already. Throws ApplyError `not-running`, DiskError; that HAProxy would not is an outcome. */
  async bring(why: string, before: Files | undefined, next: Files): Promise<Brought> {
    // Looked at anew: there may have been a wait.
    const running = await lookAtRunning(this.#sockets);
    const draft = this.#draft;
    try {
      await this.#watch.stage('reload', async () => {
        await this.#keepServerState(next, running);
        draft.lastReloadMs = this.#world.clock.nowMs();
        await tellToReload(this.#world, this.#settings, running);
      });
      await this.#watch.stage('verify', () => this.#verify(running, next));
    } catch (error) {
      if (!(error instanceof ApplyError) || error.code !== 'reload-failed') throw error;
      this.#count('failed');
      const failure = await this.#watch.stage('roll-back', () => this.#rollBack(error, before, next, running));
      return { outcome: 'rolled-back', why, failure };
    }
    this.#count('ok');
    const nowMs = this.#world.clock.nowMs();
    noteApplied(draft, next, nowMs);
    draft.loadedMs = nowMs;
    draft.leftovers = {};
    return { outcome: 'reload', why };
  }

  /** Reading a large file takes HAProxy its time. */
  #verify(before: Running, { config }: Files): Promise<unknown> {
    return verifyReload(this.#world, this.#sockets, before, {
      withinMs: this.#settings.verifyWithinMs + (config.length / 1_024) * EXTRA_MS_PER_KIB,
      again: () => tellToReload(this.#world, this.#settings, before),
    });
  }

  async #keepServerState(next: Files, { dump }: Running): Promise<void> {
    const path = serverStatePath(next.config);
    if (path === undefined || dump === undefined) return;
    try {
      await writeServerState(this.#world, path, dump, next.config);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#warnings.push(`the state of the servers could not be kept for the new worker: ${error.message}`);
    }
  }

  /** The files that HAProxy runs with go back; it need not be told, unless it is gone or has come up with the new ones. */
  async #rollBack(error: ApplyError, before: Files | undefined, next: Files, running: Running): Promise<ApplyError> {
    const { configPath } = this.#settings;
    const applied = this.#draft.applied?.hash;
    const nextHash = filesHash(next);
    const mapNames = Object.keys(next.maps);
    const isBefore = before !== undefined && filesHash(before) !== nextHash;
    const previous =
      (applied === undefined || applied === nextHash
        ? undefined
        : await versionOf(this.#world, configPath, applied, mapNames)) ?? (isBefore ? before : undefined);
    // With no HAProxy before and the same files, nothing says that they are at fault.
    if (previous !== undefined || running.kind !== 'down') {
      this.#draft.refused = { hash: nextHash, atMs: this.#world.clock.nowMs(), reason: error.message };
    }
    if (previous === undefined) return error;
    await replaceFiles(this.#world, configPath, previous);
    await this.#loadAgain(previous, running);
    return new ApplyError('reload-failed', `${error.message}; the files before are back`, { cause: error });
  }

  /** When the way of reloading has taken the old process down with it, or the new one came up after all, but too late. */
  async #loadAgain(previous: Files, before: Running): Promise<void> {
    const now = await lookAtRunning(this.#sockets);
    if (now.kind !== 'down' && !isAnotherWorker(before, now)) return;
    try {
      await tellToReload(this.#world, this.#settings, now);
      await this.#verify(now, previous);
    } catch (error) {
      if (!(error instanceof ApplyError)) throw error;
      this.#warnings.push(`HAProxy does not come up with the files before either: ${error.message}`);
    }
  }

  #count(result: 'ok' | 'failed'): void {
    const { reloads } = this.#draft;
    this.#draft.reloads = { ...reloads, [result]: (reloads[result] ?? 0) + 1 };
  }
}
