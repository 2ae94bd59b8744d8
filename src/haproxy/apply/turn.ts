// One turn of `sync` and `watch` from its lock to its report (haproxy.md 10). What happens in between is attempt.ts.
import { DiskError } from '../../world/disk.ts';
import type { World } from '../../world/world.ts';
import type { Discovered } from '../discovery/marathon-source.ts';
import type { BalancerOptions } from '../model/options.ts';
import type { Files, Plan } from '../plan/plan-change.ts';
import type { Templates } from '../render/templates/templates.ts';
import { ApplyError } from './apply-error.ts';
import { Attempt, MAP_NAMES, type Workplace } from './attempt.ts';
import { Validator } from './check/validate.ts';
import type { Candidate } from './compose.ts';
import { Installation } from './install/installation.ts';
import { diskFailure, readFiles } from './install/replace.ts';
import { lookAtRunning, socketsOf } from './install/running.ts';
import { readVersion } from './install/versions.ts';
import { takeTurnLock } from './lock.ts';
import type { Draft } from './memory/draft.ts';
import { type State, StateFiles } from './memory/state-file.ts';
import { isNewsOf, keptOf, NOTHING_WRONG, newsSince } from './news.ts';
import { type Brought, NO_CHANGES, type StageName, type TurnReport } from './report.ts';
import type { ApplySettings } from './settings.ts';
import { Stopwatch } from './stopwatch.ts';

/** What a turn is made of. The same values turn after turn let unchanged services cost nothing. */
export interface TurnParts {
  readonly options: BalancerOptions;
  readonly templates: Templates;
  /** As of MarathonSource. Throws DiscoveryError. */
  readonly discover: () => Promise<Discovered>;
  /** Told the name of each stage before it begins; what it throws ends the turn as a crash would. */
  readonly entered?: (stage: StageName) => void;
}

/** What a turn would do. */
export interface Foresight {
  /** undefined: there is no config yet. */
  readonly disk: Files | undefined;
  readonly next: Candidate;
  readonly plan: Plan;
  readonly source: string | undefined;
  readonly warnings: readonly string[];
}

/** Lives as long as the process; makes one turn after the other, never two at once. */
export class Applier {
  readonly #world: World;
  readonly #settings: ApplySettings;
  readonly #parts: TurnParts;
  readonly #place: Workplace;

  constructor(world: World, settings: ApplySettings, parts: TurnParts) {
    this.#world = world;
    this.#settings = settings;
    this.#parts = parts;
    const files = new StateFiles(world, settings.stateDirectory);
    this.#place = { world, settings, parts, files, options: new Map() };
  }

  /** Whatever is expected to go wrong is in the report. Throws for faults of our own, and for state of a newer mctl. */
  turn(): Promise<TurnReport> {
    return this.#underLock(async (draft, watch) => {
      const attempt = new Attempt(this.#place, draft, watch);
      return { about: attempt, run: () => attempt.run() };
    });
  }

  /** Validates what is on disk and loads it, whatever Marathon says (haproxy.md 14.10). */
  reloadDisk(): Promise<TurnReport> {
    return this.#underLock(async (draft, watch) => {
      const installation = new Installation(
        this.#world,
        this.#settings,
        socketsOf(this.#world, this.#settings),
        draft,
        watch,
      );
      return { about: installation, run: () => this.#reloadDisk(installation, watch) };
    });
  }

  /**
   * Puts a version back that was in force before, and loads it, unless HAProxy would not take it any more; the next turn goes
   * by Marathon again. Throws nothing that is expected: a version that is not there is a failure `disk`.
   */
  restore(id: string): Promise<TurnReport> {
    return this.#underLock(async (draft, watch) => {
      const sockets = socketsOf(this.#world, this.#settings);
      const installation = new Installation(this.#world, this.#settings, sockets, draft, watch);
      const { configPath } = this.#settings;
      const run = async (): Promise<Brought> => {
        const disk = await readFiles(this.#world, configPath, MAP_NAMES);
        const version = await readVersion(this.#world, configPath, id, MAP_NAMES);
        await watch.stage('validate', () => this.#requireValid(version, `version ${id}`));
        const running = await lookAtRunning(sockets);
        return installation.bring({ kind: 'reload', why: `version ${id} was asked for` }, disk, version, running);
      };
      return { about: installation, run };
    });
  }

  /** Takes no lock and changes nothing (haproxy.md 10.12). Throws ApplyError `source`, TemplateError, DiskError. */
  async foresee(): Promise<Foresight> {
    const draft = { ...(await this.#place.files.readState(this.#settings.configPath)) };
    const attempt = new Attempt(this.#place, draft, new Stopwatch(this.#world.clock, () => undefined));
    const { disk, next, plan } = await attempt.foresee();
    return { disk, next, plan, source: attempt.source, warnings: attempt.warnings };
  }

  async #reloadDisk(installation: Installation, watch: Stopwatch): Promise<Brought> {
    const { configPath } = this.#settings;
    const disk = await watch.stage('read', () => readFiles(this.#world, configPath, MAP_NAMES));
    if (disk === undefined) throw new ApplyError('disk', `there is no ${configPath} to load`);
    await watch.stage('validate', () => this.#requireValid(disk, 'what is on disk'));
    const running = await lookAtRunning(socketsOf(this.#world, this.#settings));
    return installation.bring({ kind: 'reload', why: 'it was asked for' }, disk, disk, running);
  }

  /** Throws ApplyError `nothing-valid`. */
  async #requireValid({ config, maps: found }: Files, what: string): Promise<void> {
    const { configPath, haproxy, checkUser } = this.#settings;
    const validator = new Validator(this.#world, haproxy, configPath, checkUser);
    const maps = Object.fromEntries(MAP_NAMES.map((name) => [name, found[name] ?? '']));
    const check = await validator.check({ config, maps, ranges: [] });
    if (check.kind !== 'invalid') return;
    throw new ApplyError('nothing-valid', `HAProxy refuses ${what}: ${check.others.slice(0, 3).join('; ')}`);
  }

  async #underLock(prepare: (draft: Draft, watch: Stopwatch) => Promise<Work>): Promise<TurnReport> {
    const watch = new Stopwatch(this.#world.clock, this.#parts.entered ?? (() => undefined));
    const { configPath, lockWaitMs } = this.#settings;
    let lock: Awaited<ReturnType<typeof takeTurnLock>>;
    try {
      lock = await watch.stage('lock', () => takeTurnLock(this.#world, configPath, lockWaitMs));
    } catch (error) {
      if (!(error instanceof ApplyError)) throw error;
      return toReport({ outcome: 'failed', failure: error }, undefined, watch, undefined, true);
    }
    try {
      const state = await this.#place.files.readState(configPath);
      const draft: Draft = { ...state };
      const { about, run } = await prepare(draft, watch);
      const brought = await this.#expecting(run);
      await watch.stage('record', () => this.#record(draft, state, brought, about, watch));
      const report = toReport(brought, about, watch, draft, isNews(brought, state, draft));
      return about.candidate === undefined ? report : { ...report, wrongBefore: state.wrong ?? NOTHING_WRONG };
    } finally {
      await lock.release();
    }
  }

  async #expecting(run: () => Promise<Brought>): Promise<Brought> {
    try {
      return await run();
    } catch (cause) {
      const error = diskFailure(cause, this.#settings.configPath);
      if (!(error instanceof ApplyError)) throw error;
      return { outcome: 'failed', failure: error };
    }
  }

  async #record(draft: Draft, state: State, brought: Brought, about: Found, watch: Stopwatch): Promise<void> {
    const { failure, outcome } = brought;
    const nowMs = this.#world.clock.nowMs();
    if (failure !== undefined) {
      draft.lastError = { code: failure.code, message: failure.message, atMs: nowMs };
    } else if (outcome !== 'deferred') {
      delete draft.lastError;
      draft.lastSuccessMs = nowMs;
    }
    const { candidate } = about;
    draft.excluded = candidate?.excluded ?? state.excluded;
    // Of a turn that failed, the failure is told.
    if (candidate !== undefined && failure === undefined) draft.wrong = keptOf(candidate);
    draft.lastTurn = { atMs: nowMs, seconds: Math.round(watch.totalMs) / 1000, outcome };
    try {
      await this.#place.files.writeState(draft);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // A turn that failed for want of space ends here, too.
      about.warnings.push(`this turn could not be recorded: ${error.message}`);
    }
  }
}

/** What is told of a turn beside its outcome; `reloadDisk` has less. */
type Found = Pick<Attempt, 'warnings' | 'commands'> &
  Partial<Pick<Attempt, 'candidate' | 'source' | 'changes' | 'validations' | 'againMs'>>;

interface Work {
  readonly about: Found;
  readonly run: () => Promise<Brought>;
}

function isNews({ outcome, failure }: Brought, before: State, after: State): boolean {
  if (failure !== undefined) {
    return before.lastError?.code !== failure.code || before.lastError.message !== failure.message;
  }
  return outcome !== 'nothing' || isNewsOf(newsSince(before.wrong ?? NOTHING_WRONG, after.wrong ?? NOTHING_WRONG));
}

function toReport(
  brought: Brought,
  found: Found | undefined,
  watch: Stopwatch,
  state: State | undefined,
  isNewsNow: boolean,
): TurnReport {
  const { outcome, failure, why } = brought;
  const againMs = brought.againMs ?? found?.againMs;
  return {
    outcome,
    ...(failure && { failure }),
    ...(why !== undefined && { why }),
    changes: found?.changes ?? NO_CHANGES,
    services: state?.counts?.services ?? 0,
    servers: state?.counts?.servers ?? 0,
    excluded: found?.candidate?.excluded ?? [],
    problems: found?.candidate?.problems ?? [],
    warnings: found?.warnings ?? [],
    ...(found?.source !== undefined && { source: found.source }),
    validations: found?.validations ?? 0,
    commands: found?.commands ?? 0,
    stages: watch.stages,
    totalMs: watch.totalMs,
    isNews: isNewsNow,
    ...(againMs !== undefined && { againMs }),
  };
}
