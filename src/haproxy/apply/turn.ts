// One turn of `sync` and `watch` from its lock to its report (haproxy.md 10). What happens in between is attempt.ts.
import { DiskError } from '../../world/disk.ts';
import type { World } from '../../world/world.ts';
import type { Discovered } from '../discovery/marathon-source.ts';
import type { BalancerOptions } from '../model/options.ts';
import type { Files, Plan } from '../plan/plan-change.ts';
import type { Templates } from '../render/templates/templates.ts';
import { ApplyError } from './apply-error.ts';
import { Attempt } from './attempt.ts';
import { validatingAside } from './check/validate-aside.ts';
import type { Candidate } from './compose.ts';
import { ExistingFiles } from './existing-files.ts';
import { diskFailure } from './install/replace.ts';
import { takeTurnLock } from './lock.ts';
import type { Workplace } from './look.ts';
import { isNews, makeReport, type Telling } from './make-report.ts';
import type { Draft } from './memory/draft.ts';
import { type State, StateFiles } from './memory/state-file.ts';
import { keptOf, NOTHING_WRONG } from './news.ts';
import type { Brought, StageName, TurnReport } from './report.ts';
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
  /** Why a turn would fail; undefined also when that was not asked. */
  readonly obstacle?: ApplyError;
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
    return this.#load((files) => files.loadDisk());
  }

  /**
   * Puts a version back that was in force before, and loads it, unless HAProxy would not take it any more; the next turn goes
   * by Marathon again. Throws nothing that is expected: a version that is not there is a failure `disk`.
   */
  restore(id: string): Promise<TurnReport> {
    return this.#load((files) => files.loadVersion(id));
  }

  /**
   * Takes no lock and changes nothing (haproxy.md 10.12). Throws ApplyError `source`, TemplateError, DiskError.
   * @param isChecking whether HAProxy is asked about the files, and the guard about the services
   */
  async foresee(isChecking = false): Promise<Foresight> {
    const { world, settings, files } = this.#place;
    const draft = { ...(await files.readState(settings.configPath)) };
    const attempt = new Attempt(this.#place, draft, new Stopwatch(world.clock, () => undefined));
    const foreseen = isChecking
      ? await validatingAside(world, settings, (validator) => attempt.foresee(validator))
      : await attempt.foresee();
    return { ...foreseen, source: attempt.source, warnings: attempt.warnings };
  }

  #load(run: (files: ExistingFiles) => Promise<Brought>): Promise<TurnReport> {
    return this.#underLock(async (draft, watch) => {
      const files = new ExistingFiles(this.#world, this.#settings, draft, watch);
      return { about: files, run: () => run(files) };
    });
  }

  async #underLock(prepare: (draft: Draft, watch: Stopwatch) => Promise<Work>): Promise<TurnReport> {
    const watch = new Stopwatch(this.#world.clock, this.#parts.entered ?? (() => undefined));
    const { configPath, lockWaitMs } = this.#settings;
    let lock: Awaited<ReturnType<typeof takeTurnLock>>;
    try {
      lock = await watch.stage('lock', () => takeTurnLock(this.#world, configPath, lockWaitMs));
    } catch (error) {
      if (!(error instanceof ApplyError)) throw error;
      return makeReport({ outcome: 'failed', failure: error }, undefined, watch, undefined, true);
    }
    try {
      const state = await this.#place.files.readState(configPath);
      const draft: Draft = { ...state };
      const { about, run } = await prepare(draft, watch);
      const brought = await this.#expecting(run);
      await watch.stage('record', () => this.#record(draft, state, brought, about, watch));
      const report = makeReport(brought, about, watch, draft, isNews(brought, state, draft));
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

  async #record(draft: Draft, state: State, brought: Brought, about: Telling, watch: Stopwatch): Promise<void> {
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

interface Work {
  readonly about: Telling;
  readonly run: () => Promise<Brought>;
}
