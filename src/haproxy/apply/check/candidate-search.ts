// From what was found to files that HAProxy takes and can start with: composed, then looked at and checked as far as they
// differ from what is in force, each time around whatever is in trouble (haproxy.md 10.3 to 10.6).
import { ApplyError } from '../apply-error.ts';
import { type Candidate, Composer, filesHash, fragmentHash } from '../compose.ts';
import { pidsOf } from '../install/running.ts';
import { versionOf } from '../install/versions.ts';
import { type Found, isInForce, type Workplace } from '../look.ts';
import type { Draft } from '../memory/draft.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { bindKey, readBinds } from './binds.ts';
import { descriptorLimit, fittingConnections } from './descriptors.ts';
import { type Owned, preflight } from './preflight.ts';
import { settle } from './settle.ts';
import type { Validator } from './validate.ts';

const MAX_PREFLIGHTS = 5;
/** A fragment that HAProxy refused is tried again after this: what it missed may be there by now. */
const REJECTED_FOR_MS = 600_000;

/** One turn's, to be used once. */
export class CandidateSearch {
  readonly #place: Workplace;
  readonly #draft: Draft;
  readonly #watch: Stopwatch;
  readonly #found: Found;
  readonly #warnings: string[];
  /** The last one that was composed. */
  candidate: Candidate | undefined;

  constructor(place: Workplace, draft: Draft, watch: Stopwatch, found: Found, warnings: string[]) {
    this.#place = place;
    this.#draft = draft;
    this.#watch = watch;
    this.#found = found;
    this.#warnings = warnings;
  }

  /** As Marathon says, and checked by nobody. */
  async compose(): Promise<Candidate> {
    return this.#composeAround(await this.#composer());
  }

  /**
   * One that can be applied.
   * @param triesPorts false: nobody may notice, so nothing is listened on
   * @param validator undefined: what HAProxy says is not asked
   */
  async settle(validator: Validator | undefined, triesPorts: boolean): Promise<Candidate> {
    const composer = await this.#composer();
    let candidate = await this.#watch.stage('compose', () => this.#composeAround(composer));
    if (!this.#isInForce(candidate)) {
      candidate = await this.#watch.stage('preflight', () => this.#preflight(composer, candidate, triesPorts));
    }
    this.#refuseRefused(candidate);
    if (validator !== undefined && !this.#isInForce(candidate)) {
      candidate = await this.#watch.stage('validate', () => this.#validate(composer, candidate, validator));
      this.#refuseRefused(candidate);
    }
    return candidate;
  }

  #isInForce({ rendered }: Candidate): boolean {
    return isInForce(this.#place.settings, this.#draft, this.#found.disk, rendered);
  }

  async #composer(): Promise<Composer> {
    const { world, parts, options } = this.#place;
    const { picture, running, memory } = this.#found;
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

  #compose(composer: Composer): Candidate {
    this.candidate = composer.compose();
    return this.candidate;
  }

  /** Around what HAProxy refused a short while ago, so that it is not asked about the same text each turn. */
  #composeAround(composer: Composer): Candidate {
    const nowMs = this.#place.world.clock.nowMs();
    const fresh = Object.entries(this.#draft.rejected).filter(([, { atMs }]) => nowMs - atMs < REJECTED_FOR_MS);
    const rejected = new Map(this.#place.settings.force ? [] : fresh);
    this.#draft.rejected = Object.fromEntries(rejected);
    let candidate = this.#compose(composer);
    // Twice: with its labels of now, and with its last good ones.
    for (let round = 0; round < 2 && rejected.size > 0; round += 1) {
      const known = candidate.model.services.filter((service) =>
        rejected.get(service.name)?.texts.includes(fragmentHash(candidate.rendered, service.name)),
      );
      if (known.length === 0) break;
      for (const service of known) composer.complain(service, rejected.get(service.name)?.reason ?? '');
      candidate = this.#compose(composer);
    }
    return candidate;
  }

  async #preflight(composer: Composer, start: Candidate, triesPorts: boolean): Promise<Candidate> {
    const { world } = this.#place;
    const owned = await this.#owned();
    let candidate = start;
    for (let round = 0; round < MAX_PREFLIGHTS; round += 1) {
      const { faults, refusal, warnings } = await preflight(world, candidate.rendered, owned, triesPorts);
      if (refusal !== undefined) throw new ApplyError('preflight', `HAProxy would not start with this: ${refusal}`);
      if (round === 0) this.#warnings.push(...warnings);
      if (faults.size === 0) return candidate;
      for (const service of candidate.model.services) {
        const what = faults.get(service.name);
        if (what !== undefined) composer.complain(service, what);
      }
      candidate = this.#compose(composer);
      // A port that somebody holds for long: what is left is what was looked at when it was applied.
      if (this.#isInForce(candidate)) return candidate;
    }
    throw new ApplyError('preflight', `after ${MAX_PREFLIGHTS} looks there are still ports that cannot be bound`);
  }

  /** Binds are those of the files it was last seen with; where that is not known, those on disk are believed. */
  async #owned(): Promise<Owned> {
    const { world, settings } = this.#place;
    const { disk, running } = this.#found;
    const isDown = running.kind === 'down';
    const applied = this.#draft.applied?.hash;
    const isApplied = disk !== undefined && applied === filesHash(disk);
    const kept =
      isApplied || disk === undefined || applied === undefined
        ? undefined
        : await versionOf(world, settings.configPath, applied, Object.keys(disk.maps));
    const config = isDown ? undefined : (kept ?? disk)?.config;
    const binds = new Set(config === undefined ? [] : readBinds(config).map(bindKey));
    // A turn that died may have told it to load what is on disk: then it has more than it was last seen with.
    return { isDown, pids: await pidsOf(world, running), binds, isComplete: isApplied };
  }

  #validate(composer: Composer, start: Candidate, validator: Validator): Promise<Candidate> {
    const { clock } = this.#place.world;
    const draft = this.#draft;
    return settle(
      {
        compose: (only) => (only === undefined ? this.#compose(composer) : composer.compose(only)),
        complain: composer.complain.bind(composer),
      },
      start,
      validator,
      ({ service, reason, rendered }) => {
        const texts = [...(draft.rejected[service]?.texts ?? []), fragmentHash(rendered, service)].slice(-4);
        draft.rejected = { ...draft.rejected, [service]: { texts, reason, atMs: clock.nowMs() } };
      },
    );
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
}
