// The stages of one turn in their order (haproxy.md 10), under the lock: look, compose, check, compare, apply. Each is a file
// of its own. Whoever stops it between any two leaves the old or the new state whole, and the next turn goes on from there.
import type { World } from '../../world/world.ts';
import { remember } from '../model/known.ts';
import type { BalancerOptions } from '../model/options.ts';
import { type Files, type Plan, planChange } from '../plan/plan-change.ts';
import { ApplyError } from './apply-error.ts';
import { bindKey, readBinds } from './check/binds.ts';
import { descriptorLimit, fittingConnections } from './check/descriptors.ts';
import { preflight } from './check/preflight.ts';
import { settle } from './check/settle.ts';
import { Validator } from './check/validate.ts';
import { type Candidate, Composer, filesHash, fragmentHash } from './compose.ts';
import { changesBetween, countsOf, countsOnDisk } from './counts.ts';
import { Installation } from './install/installation.ts';
import { isOnDisk, readFiles, removeRemains } from './install/replace.ts';
import { lookAtRunning, pidsOf, type Running, type Sockets, socketsOf } from './install/running.ts';
import { lookAtMarathon, type Picture } from './look-at-marathon.ts';
import type { Draft } from './memory/draft.ts';
import { guard } from './memory/guard.ts';
import { goodLabels } from './memory/last-good.ts';
import type { Memory, StateFiles } from './memory/state-file.ts';
import { type Brought, type ChangeCounts, NO_CHANGES } from './report.ts';
import type { ApplySettings } from './settings.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { TurnParts } from './turn.ts';

/** Always there, empty or not (render/rendered.ts). */
export const MAP_NAMES: readonly string[] = ['domain2backend.map', 'app2backend.map', 'certificates.list'];
const MAX_PREFLIGHTS = 5;
/** A fragment that HAProxy refused is tried again after this: what it missed may be there by now. */
const REJECTED_FOR_MS = 600_000;

/** What a turn has to work with. */
export interface Workplace {
  readonly world: World;
  readonly settings: ApplySettings;
  readonly parts: TurnParts;
  readonly files: StateFiles;
  /** By their number of connections: rendering remembers for the very same value. */
  readonly options: Map<number, BalancerOptions>;
}

/** What was found at the beginning. */
interface Found {
  readonly disk: Files | undefined;
  readonly memory: Memory;
  readonly running: Running;
  readonly picture: Picture;
}

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
    const { settings, files } = this.#place;
    const { world } = this.#place;
    await removeRemains(world, settings.configPath, MAP_NAMES);
    const found = await this.#look();
    const candidate = await this.#settled(found);
    const { disk, running, picture, memory } = found;
    const next = candidate.rendered;
    const counts = countsOf(candidate.model);
    await this.#watch.stage('guard', () => this.#guard(candidate, found));
    const plan = await this.#watch.stage('plan', () => this.#plan(disk, next, running));
    if (!isOnDisk(settings.configPath, disk, next)) {
      this.changes = changesBetween(disk?.config ?? '', next.config);
      // Who cannot keep a record must not begin: every later turn would begin again.
      await files.writeState(this.#draft);
    }
    const installation = new Installation(world, settings, this.#sockets, this.#draft, this.#watch);
    try {
      const brought = await installation.bring(plan, disk, next, running);
      if (isGood(brought)) this.#draft.counts = counts;
      await this.#remember(brought, candidate, picture, memory);
      return brought;
    } finally {
      this.commands = installation.commands;
      this.warnings.push(...installation.warnings);
    }
  }

  /** What would be done, as far as it can be said without doing anything (haproxy.md 10.12). */
  async foresee(): Promise<{ readonly disk: Files | undefined; readonly next: Candidate; readonly plan: Plan }> {
    const found = await this.#look();
    const next = this.#composeAround(await this.#composer(found));
    this.candidate = next;
    return { disk: found.disk, next, plan: this.#plan(found.disk, next.rendered, found.running) };
  }

  async #look(): Promise<Found> {
    const { world, settings, parts, files } = this.#place;
    const { configPath } = settings;
    const [memory, disk] = await this.#watch.stage('read', async () => {
      return [await files.readMemory(), await readFiles(world, configPath, MAP_NAMES)] as const;
    });
    const [running, picture] = await this.#watch.stage('discover', () =>
      Promise.all([
        lookAtRunning(this.#sockets),
        lookAtMarathon(world, parts.discover, parts.options, memory.known, this.#sockets.admin),
      ]),
    );
    if (running.warning !== undefined) this.warnings.push(running.warning);
    this.source = picture.discovery.source;
    // With a config that has no such socket nobody can listen there, and may well run.
    const { runtimeSocket } = settings;
    const isExpected = runtimeSocket === undefined || disk?.config.includes(`stats socket ${runtimeSocket}`) === true;
    const isUnknown = running.kind === 'down' && !isExpected;
    return { disk, memory, picture, running: isUnknown ? { ...running, kind: 'unknown' } : running };
  }

  /** Composed, and checked as far as it differs from what is in force. */
  async #settled(found: Found): Promise<Candidate> {
    const { settings } = this.#place;
    const { disk } = found;
    const composer = await this.#composer(found);
    let candidate = await this.#watch.stage('compose', () => this.#composeAround(composer));
    this.candidate = candidate;
    if (!isOnDisk(settings.configPath, disk, candidate.rendered)) {
      candidate = await this.#watch.stage('preflight', () => this.#preflight(composer, candidate, found));
      this.candidate = candidate;
    }
    this.#refuseRefused(candidate);
    if (!this.#isInForce(disk, candidate.rendered) && !settings.skipsValidation) {
      candidate = await this.#watch.stage('validate', () => this.#validate(composer, candidate));
      this.candidate = candidate;
      this.#refuseRefused(candidate);
    }
    return candidate;
  }

  #isInForce(disk: Files | undefined, next: Files): boolean {
    return isOnDisk(this.#place.settings.configPath, disk, next) && this.#draft.applied?.hash === filesHash(next);
  }

  async #composer({ picture, running, memory }: Found): Promise<Composer> {
    const { world, parts, options } = this.#place;
    const { discovery, context } = picture;
    const checks = discovery.apps.reduce((sum, { healthChecks, tasks }) => {
      return sum + (healthChecks.length === 0 ? 0 : tasks.length * Math.max(1, healthChecks.length));
    }, 0);
    const [pid] = await pidsOf(world, running);
    const limit = await descriptorLimit(world, pid);
    const connections = fittingConnections(parts.options.maxConnections, limit, 2 * discovery.apps.length + checks);
    const fitting = options.get(connections) ?? { ...parts.options, maxConnections: connections };
    options.set(connections, fitting);
    return new Composer({ discovery, context, options: fitting, templates: parts.templates, labels: memory.labels });
  }

  /** Around what HAProxy refused a short while ago, so that it is not asked about the same text each turn. */
  #composeAround(composer: Composer): Candidate {
    const nowMs = this.#place.world.clock.nowMs();
    const fresh = Object.entries(this.#draft.rejected).filter(([, { atMs }]) => nowMs - atMs < REJECTED_FOR_MS);
    const rejected = new Map(this.#place.settings.force ? [] : fresh);
    this.#draft.rejected = Object.fromEntries(rejected);
    let candidate = composer.compose();
    // Twice: with its labels of now, and with its last good ones.
    for (let round = 0; round < 2 && rejected.size > 0; round += 1) {
      const known = candidate.model.services.filter((service) =>
        rejected.get(service.name)?.texts.includes(fragmentHash(candidate.rendered, service.name)),
      );
      if (known.length === 0) break;
      for (const service of known) composer.complain(service, rejected.get(service.name)?.reason ?? '');
      candidate = composer.compose();
    }
    return candidate;
  }

  async #preflight(composer: Composer, start: Candidate, { disk, running }: Found): Promise<Candidate> {
    const { world } = this.#place;
    const isDown = running.kind === 'down';
    const binds = new Set(disk === undefined || isDown ? [] : readBinds(disk.config).map(bindKey));
    const owned = { isDown, pids: await pidsOf(world, running), binds };
    let candidate = start;
    for (let round = 0; round < MAX_PREFLIGHTS; round += 1) {
      const { faults, refusal, warnings } = await preflight(world, candidate.rendered, owned);
      if (refusal !== undefined) throw new ApplyError('preflight', `HAProxy would not start with this: ${refusal}`);
      if (round === 0) this.warnings.push(...warnings);
      if (faults.size === 0) return candidate;
      for (const service of candidate.model.services) {
        const what = faults.get(service.name);
        if (what !== undefined) composer.complain(service, what);
      }
      candidate = composer.compose();
    }
    throw new ApplyError('preflight', `after ${MAX_PREFLIGHTS} looks there are still ports that cannot be bound`);
  }

  async #validate(composer: Composer, start: Candidate): Promise<Candidate> {
    const { world, settings } = this.#place;
    const draft = this.#draft;
    const validator = new Validator(world, settings.haproxy, settings.configPath, settings.checkUser);
    try {
      return await settle(composer, start, validator, ({ service, reason, rendered }) => {
        const before = draft.rejected[service];
        const texts = [...(before?.texts ?? []), fragmentHash(rendered, service)].slice(-4);
        draft.rejected = { ...draft.rejected, [service]: { texts, reason, atMs: world.clock.nowMs() } };
      });
    } finally {
      this.validations = validator.count;
      if (validator.warning !== undefined) this.warnings.push(validator.warning);
    }
  }

  /** haproxy.md 10.10: else cron would try it again each minute. */
  #refuseRefused({ rendered }: Candidate): void {
    const { world, settings } = this.#place;
    const { refused } = this.#draft;
    if (refused === undefined || settings.force || refused.hash !== filesHash(rendered)) return;
    const passedMs = world.clock.nowMs() - refused.atMs;
    if (passedMs < 0 || passedMs >= settings.retryRefusedAfterMs) return;
    const minutes = Math.round(settings.retryRefusedAfterMs / 60_000);
    throw new ApplyError(
      'held-back',
      `this config was refused (${refused.reason}); it is not tried again for ${minutes} min unless by --force`,
    );
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
    const isApplied = disk !== undefined && this.#draft.applied?.hash === filesHash(disk);
    return planChange(isApplied ? disk : undefined, next, changesAtRuntime ? running.servers : undefined);
  }

  async #remember(brought: Brought, candidate: Candidate, picture: Picture, memory: Memory): Promise<void> {
    const { files, parts } = this.#place;
    const { discovery, context } = picture;
    const known = remember(discovery, candidate.model, parts.options, context);
    const { services } = candidate.model;
    const labels = isGood(brought) ? goodLabels(discovery, services, candidate.bad, memory.labels) : memory.labels;
    await files.writeMemory({ known, labels });
  }
}

const isGood = ({ outcome }: Brought): boolean =>
  outcome === 'nothing' || outcome === 'runtime' || outcome === 'reload';
