// The stages of one turn in their order (haproxy.md 10), under the lock: look, compose, check, compare, apply. Each is a file
// of its own. Whoever stops it between any two leaves the old or the new state whole, and the next turn goes on from there.
import { strict as assert } from 'node:assert';
import { DiskError } from '../../world/disk.ts';
import { remember } from '../model/known.ts';
import { type Files, type Plan, planChange } from '../plan/plan-change.ts';
import { ApplyError } from './apply-error.ts';
import { CandidateSearch } from './check/candidate-search.ts';
import { Validator } from './check/validate.ts';
import { type Candidate, filesHash } from './compose.ts';
import { changesBetween, countsOf, countsOnDisk } from './counts.ts';
import { Installation } from './install/installation.ts';
import { diskFailure, isOnDisk, MAP_NAMES, removeRemains } from './install/replace.ts';
import { type Running, type Sockets, socketsOf } from './install/running.ts';
import { type Found, lookAround, type Workplace } from './look.ts';
import type { Draft } from './memory/draft.ts';
import { guard } from './memory/guard.ts';
import { goodLabels } from './memory/last-good.ts';
import { type Brought, type ChangeCounts, NO_CHANGES } from './report.ts';
import type { Stopwatch } from './stopwatch.ts';

/** One attempt, to be run once. Its members are for the report. */
export class Attempt {
  readonly #place: Workplace;
  readonly #draft: Draft;
  readonly #watch: Stopwatch;
  readonly #sockets: Sockets;
  readonly warnings: string[] = [];
  candidate: Candidate | undefined;
  source: string | undefined;
  changes: ChangeCounts = NO_CHANGES;
  validations = 0;
  commands = 0;
  againMs: number | undefined;

  /** `draft` holds what the last turn left, and is told what this one leaves. */
  constructor(place: Workplace, draft: Draft, watch: Stopwatch) {
    this.#place = place;
    this.#draft = draft;
    this.#watch = watch;
    this.#sockets = socketsOf(place.world, place.settings);
  }

  /** Throws ApplyError and DiskError; nothing was changed then, or files only, which the next turn puts into force. */
  async run(): Promise<Brought> {
    const { settings, world } = this.#place;
    await removeRemains(world, settings.configPath, MAP_NAMES);
    const found = await this.#look();
    const { disk, running } = found;
    const { haproxy, configPath, checkUser } = settings;
    const validator = settings.skipsValidation ? undefined : new Validator(world, haproxy, configPath, checkUser);
    const candidate = await this.#settled(found, validator, true);
    const next = candidate.rendered;
    await this.#watch.stage('guard', () => this.#guard(candidate, found));
    const plan = await this.#watch.stage('plan', () => this.#plan(disk, next, running));
    if (!isOnDisk(configPath, disk, next)) this.changes = changesBetween(disk?.config ?? '', next.config);
    if (plan.kind !== 'nothing' || !isOnDisk(configPath, disk, next)) await this.#requireRecord(running);
    const installation = new Installation(world, settings, this.#sockets, this.#draft, this.#watch);
    try {
      const brought = await installation.bring(plan, disk, next, running);
      if (isGood(brought)) this.#draft.counts = countsOf(candidate.model);
      await this.#remember(brought, candidate, found);
      return brought;
    } finally {
      this.commands = installation.commands;
      this.warnings.push(...installation.warnings);
    }
  }

  /**
   * What would be done, as far as it can be said without doing anything (haproxy.md 10.12). `obstacle`: why a turn would fail.
   * @param validator undefined: whether HAProxy and the guard would have it is not asked
   */
  async foresee(validator?: Validator): Promise<{
    readonly disk: Files | undefined;
    readonly next: Candidate;
    readonly plan: Plan;
    readonly obstacle?: ApplyError;
  }> {
    const found = await this.#look();
    const { disk, running } = found;
    let obstacle: ApplyError | undefined;
    try {
      if (validator === undefined) this.candidate = await this.#search(found).compose();
      else {
        const asked = this.#place.settings.skipsValidation ? undefined : validator;
        this.#guard(await this.#settled(found, asked, false), found);
      }
    } catch (error) {
      if (!(error instanceof ApplyError)) throw error;
      obstacle = error;
    }
    const next = this.candidate;
    assert(next !== undefined, 'what is in the way of a candidate comes after it');
    return { disk, next, plan: this.#plan(disk, next.rendered, running), ...(obstacle && { obstacle }) };
  }

  async #look(): Promise<Found> {
    const found = await lookAround(this.#place, this.#sockets, this.#watch);
    if (found.running.warning !== undefined) this.warnings.push(found.running.warning);
    this.source = found.picture.discovery.source;
    return found;
  }

  #search(found: Found): CandidateSearch {
    return new CandidateSearch(this.#place, this.#draft, this.#watch, found, this.warnings);
  }

  async #settled(found: Found, validator: Validator | undefined, triesPorts: boolean): Promise<Candidate> {
    const search = this.#search(found);
    try {
      return await search.settle(validator, triesPorts);
    } finally {
      this.candidate = search.candidate;
      this.validations = validator?.count ?? 0;
      if (validator?.warning !== undefined) this.warnings.push(validator.warning);
    }
  }

  #guard({ model }: Candidate, { disk, picture }: Found): void {
    const draft = this.#draft;
    const before = draft.counts ?? (disk === undefined ? undefined : countsOnDisk(disk.config));
    const verdict = guard(
      {
        before,
        after: countsOf(model),
        picture: model.services.map(({ name, servers }) => `${name} ${servers.length}`).join('\n'),
        hasNoApps: picture.hasNoApps,
        pending: draft.guard,
        nowMs: this.#place.world.clock.nowMs(),
      },
      this.#place.settings,
    );
    if (verdict.kind === 'pass') {
      delete draft.guard;
      return;
    }
    draft.guard = verdict.pending;
    this.againMs = verdict.againMs;
    const why = `${verdict.why}; that is applied only when it looks the same a while later, or with --force`;
    throw new ApplyError('guard', why);
  }

  #plan(disk: Files | undefined, next: Files, running: Running): Plan {
    const { changesAtRuntime } = this.#place.settings;
    if (running.kind === 'down') return { kind: 'reload', why: 'no HAProxy is running' };
    const { configPath } = this.#place.settings;
    // What is on disk already is counted once.
    const isApplied =
      disk !== undefined && this.#draft.applied?.hash === filesHash(isOnDisk(configPath, disk, next) ? next : disk);
    return planChange(isApplied ? disk : undefined, next, changesAtRuntime ? running.servers : undefined);
  }

  /** Who cannot keep a record must not begin: every later turn would begin again. But HAProxy is needed more than records. */
  async #requireRecord(running: Running): Promise<void> {
    try {
      await this.#place.files.writeState(this.#draft);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      if (running.kind !== 'down') throw diskFailure(error, error.path);
    }
  }

  async #remember(brought: Brought, candidate: Candidate, { picture, memory }: Found): Promise<void> {
    const { files, parts } = this.#place;
    const { discovery, context } = picture;
    const { model, bad } = candidate;
    const known = remember(discovery, model, parts.options, context);
    const labels = isGood(brought) ? goodLabels(discovery, model, bad, memory.labels) : memory.labels;
    try {
      await files.writeMemory({ known, labels });
    } catch (error) {
      // What was brought is brought; the next turn knows less of what tasks and labels were.
      if (!(error instanceof DiskError)) throw error;
      this.warnings.push(`what is known of tasks and labels could not be kept: ${error.message}`);
    }
  }
}

const isGood = ({ outcome }: Brought): boolean =>
  outcome === 'nothing' || outcome === 'runtime' || outcome === 'reload';
