// The part of a turn that changes things: files, running servers, reload, and the way back (haproxy.md 10.7 to 10.10).
import { DiskError } from '../../world/disk.ts';
import type { World } from '../../world/world.ts';
import { doAhead } from '../plan/drain-ahead.ts';
import { type Files, type Leftover, type Plan, planChange } from '../plan/plan-change.ts';
import type { RuntimeCommand } from '../runtime/command-text.ts';
import { RuntimeError } from '../runtime/runtime-error.ts';
import { ApplyError } from './apply-error.ts';
import { filesHash } from './compose.ts';
import { tellToReload } from './install/reload.ts';
import { isOnDisk, replaceFiles } from './install/replace.ts';
import { lookAtRunning, type Running, type Sockets } from './install/running.ts';
import { serverStatePath, writeServerState } from './install/state-for-haproxy.ts';
import { verifyReload } from './install/verify.ts';
import { keepVersion, versionOf } from './install/versions.ts';
import type { State } from './memory/state-file.ts';
import type { TurnOutcome } from './report.ts';
import type { ApplySettings } from './settings.ts';
import type { Stopwatch } from './stopwatch.ts';

const EXTRA_MS_PER_KIB = 2;

type ApplyWorld = Pick<World, 'clock' | 'net' | 'disk' | 'processes'>;

/** State while a turn works on it. */
export type Draft = { -readonly [Key in keyof State]: State[Key] };

/** What came of it. */
export interface Brought {
  readonly outcome: TurnOutcome;
  readonly why?: string;
  readonly failure?: ApplyError;
  readonly againMs?: number;
}

/** One turn's changes. `draft` is told what happened, as soon as it happened. */
export class Installation {
  readonly #world: ApplyWorld;
  readonly #settings: ApplySettings;
  readonly #sockets: Sockets;
  readonly #draft: Draft;
  readonly #watch: Stopwatch;
  readonly warnings: string[] = [];
  commands = 0;

  constructor(world: ApplyWorld, settings: ApplySettings, sockets: Sockets, draft: Draft, watch: Stopwatch) {
    this.#world = world;
    this.#settings = settings;
    this.#sockets = sockets;
    this.#draft = draft;
    this.#watch = watch;
  }

  /** Follows a plan. Throws ApplyError `disk` and `not-running`; a failed reload is an outcome. */
  async bring(plan: Plan, before: Files | undefined, next: Files, running: Running): Promise<Brought> {
    if (plan.kind === 'reload') {
      const waitMs = await this.#waitMs();
      if (waitMs > 0) return this.#defer(plan.why, waitMs, before, next, running);
    }
    if (!isOnDisk(this.#settings.configPath, before, next)) await this.#replace(next);
    switch (plan.kind) {
      case 'nothing':
        this.#isApplied(next);
        await this.#cleanUp(plan.leftovers);
        return { outcome: 'nothing' };
      case 'runtime': {
        await this.#cleanUp(plan.leftovers);
        const why = await this.#watch.stage('runtime', () => this.#change(plan.commands, next));
        if (why === undefined) return { outcome: 'runtime' };
        const waitMs = await this.#waitMs();
        return waitMs > 0 ? { outcome: 'deferred', why, againMs: waitMs } : this.#reload(why, before, next);
      }
      case 'reload':
        return this.#reload(plan.why, before, next);
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

  async #defer(
    why: string,
    againMs: number,
    before: Files | undefined,
    next: Files,
    running: Running,
  ): Promise<Brought> {
    const isAsked = this.#settings.changesAtRuntime;
    const commands = isAsked ? doAhead(before?.config, next.config, running.servers ?? []) : [];
    for (const command of commands) {
      try {
        await this.#run(command);
      } catch (error) {
        // The reload will bring it.
        if (!(error instanceof RuntimeError)) throw error;
        this.warnings.push(error.message);
      }
    }
    return { outcome: 'deferred', why, againMs };
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

  /** Says why it takes a reload after all. */
  async #change(commands: readonly RuntimeCommand[], next: Files): Promise<string | undefined> {
    const { admin } = this.#sockets;
    if (admin === undefined) return 'there is no runtime socket';
    try {
      for (const command of commands) await this.#run(command);
      // Read back: what HAProxy says of a command and what it does have been two things before (haproxy.md 11.7).
      const rest = planChange(next, next, await admin.serversState());
      if (rest.kind !== 'nothing') return 'changes while it runs did not take';
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      return error.message;
    }
    this.#isApplied(next);
    this.#draft.runtimeUpdates += 1;
    return undefined;
  }

  async #run(command: RuntimeCommand): Promise<void> {
    this.commands += 1;
    const done = await this.#sockets.admin?.run(command);
    if (done === 'left') this.#leave(`${command.backend}/${command.server}`);
  }

  #leave(key: string): void {
    const { leftovers } = this.#draft;
    this.#draft.leftovers = { ...leftovers, [key]: leftovers[key] ?? this.#world.clock.nowMs() };
  }

  /** Servers that are in no file and had connections the last time (haproxy.md 11.5). */
  async #cleanUp(leftovers: readonly Leftover[]): Promise<void> {
    const { admin } = this.#sockets;
    const known = this.#draft.leftovers;
    const stillThere: Record<string, number> = {};
    const nowMs = this.#world.clock.nowMs();
    for (const { backend, server } of leftovers) {
      const key = `${backend}/${server}`;
      const sinceMs = known[key] ?? nowMs;
      try {
        if (nowMs - sinceMs > this.#settings.drainMs) await admin?.shutdownSessions(backend, server);
        if ((await admin?.run({ kind: 'remove', backend, server })) !== 'done') stillThere[key] = sinceMs;
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        stillThere[key] = sinceMs;
      }
    }
    this.#draft.leftovers = stillThere;
  }

  async #reload(why: string, before: Files | undefined, next: Files): Promise<Brought> {
    // Looked at anew: there may have been a wait.
    const running = await lookAtRunning(this.#sockets);
    try {
      await this.#watch.stage('reload', async () => {
        await this.#keepServerState(next, running);
        this.#draft.lastReloadMs = this.#world.clock.nowMs();
        await tellToReload(this.#world, this.#settings);
      });
      await this.#watch.stage('verify', () => this.#verify(running, next));
    } catch (error) {
      if (!(error instanceof ApplyError) || error.code !== 'reload-failed') throw error;
      this.#count('failed');
      const failure = await this.#watch.stage('roll-back', () => this.#rollBack(error, before, next, running));
      return { outcome: 'rolled-back', why, failure };
    }
    this.#count('ok');
    this.#isApplied(next);
    this.#draft.leftovers = {};
    return { outcome: 'reload', why };
  }

  /** Reading a large file takes HAProxy its time. */
  #verify(before: Running, { config }: Files): Promise<unknown> {
    return verifyReload(this.#world, this.#sockets, before, {
      withinMs: this.#settings.verifyWithinMs + (config.length / 1_024) * EXTRA_MS_PER_KIB,
      again: () => tellToReload(this.#world, this.#settings),
    });
  }

  async #keepServerState(next: Files, { dump }: Running): Promise<void> {
    const path = serverStatePath(next.config);
    if (path === undefined || dump === undefined) return;
    try {
      await writeServerState(this.#world, path, dump, next.config);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.warnings.push(`the state of the servers could not be kept for the new worker: ${error.message}`);
    }
  }

  /** The files that HAProxy runs with go back; HAProxy itself does not need to be told, unless it is gone. */
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
    await this.#startAgain(previous);
    return new ApplyError('reload-failed', `${error.message}; the files before are back`, { cause: error });
  }

  /** When the way of reloading has taken the old process down with it. */
  async #startAgain(previous: Files): Promise<void> {
    const now = await lookAtRunning(this.#sockets);
    if (now.kind !== 'down') return;
    try {
      await tellToReload(this.#world, this.#settings);
      await this.#verify(now, previous);
    } catch (error) {
      if (!(error instanceof ApplyError)) throw error;
      this.warnings.push(`HAProxy does not come up with the files before either: ${error.message}`);
    }
  }

  #count(result: 'ok' | 'failed'): void {
    const { reloads } = this.#draft;
    this.#draft.reloads = { ...reloads, [result]: (reloads[result] ?? 0) + 1 };
  }

  #isApplied(next: Files): void {
    this.#draft.applied = { hash: filesHash(next), atMs: this.#world.clock.nowMs() };
    delete this.#draft.refused;
  }
}
