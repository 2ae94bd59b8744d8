// The launch queue: instances that wait, offers that come, and what is made of the two (marathon.md 7.3, 13). Every change
// of an instance costs the same; an offer costs what it is shown to (contenders.ts), never the number of apps.
import type { Offer } from '../../../mesos/generated/v1.ts';
import type { Timer } from '../../../world/world.ts';
import { OfferAnswers } from '../../serving/offers/offer-answers.ts';
import { OfferWishes } from '../../serving/offers/offer-wishes.ts';
import type { LaunchQueue, MarathonCore, QueueEntry, Unsubscribe } from '../core.ts';
import { Placements } from '../matching/placements.ts';
import type { PathId } from '../model/path-id.ts';
import { Contenders } from './contenders.ts';
import { LaunchBook } from './launch-book.ts';
import { LaunchTokens } from './launch-tokens.ts';
import type { Launcher } from './launcher.ts';
import { Launches } from './launches.ts';
import { type RoundParts, runRound } from './offer-round.ts';

/** Offers that wait for their turn or for launch tokens; more are declined for a moment. */
const MAX_WAITING_OFFERS = 1024;
/** Offers looked at in one turn of the event loop. */
const OFFERS_A_TURN = 50;
/** An offer is kept for so long when only launch tokens are missing: tasks that start soon bring some. */
const TOKEN_WAIT_MS = 1000;
/** For offers that are wanted again soon, but not at once: others may have a look. */
const SOON_SECONDS = 1;

type Parts = Pick<
  MarathonCore,
  'world' | 'log' | 'options' | 'storage' | 'counters' | 'groups' | 'instances' | 'backOffs' | 'mesos'
>;

/** Call `start` once instances, groups and back-offs are there. */
export class OfferQueue implements LaunchQueue {
  readonly #parts: Parts;
  readonly #book: LaunchBook;
  readonly #contenders = new Contenders();
  readonly #tokens: LaunchTokens;
  readonly #wishes: OfferWishes;
  readonly #answers: OfferAnswers;
  readonly #launches: Launches;
  #placements = new Placements();
  /** In order of arrival; kept no longer than until then (monotonic). */
  readonly #waiting = new Map<string, { readonly offer: Offer; readonly untilMs: number }>();
  #turn: Timer | undefined;
  #tokenWait: Timer | undefined;
  #unsubscribe: Unsubscribe[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    const { world, options } = parts;
    this.#book = new LaunchBook(() => world.clock.nowMs(), {
      waits: (launcher) => this.#weigh(launcher, true),
      left: (launcher) => this.#weigh(launcher, false),
    });
    const limits = { max: options.launchTokens, refreshIntervalMs: options.launchTokenRefreshIntervalMs };
    this.#tokens = new LaunchTokens(world.clock, limits, () => this.#goOn());
    this.#wishes = new OfferWishes(parts);
    this.#launches = new Launches(parts, this.#tokens, () => this.#placements);
    this.#answers = new OfferAnswers(parts, this.#launches);
  }

  start(): void {
    const { instances, backOffs, mesos } = this.#parts;
    this.#placements = new Placements(instances.all());
    this.#unsubscribe = [
      instances.onChange((change) => {
        this.#placements.changed(change);
        this.#book.changed(change);
        if (change.after?.condition === 'Running' && change.after.healthy !== false) this.#tokens.give(1);
      }),
      backOffs.onChange((appId) => {
        for (const launcher of this.#book.ofApp(appId)) this.#weigh(launcher, false);
      }),
    ];
    for (const instance of instances.all()) {
      // Its tasks are of this role whether or not anything waits: the master is to know us by it.
      if (!mesos.hasRole(instance.app.role)) void mesos.needRole(instance.app.role);
      this.#book.changed({ before: undefined, after: instance });
    }
    this.#tokens.start();
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#tokens.stop();
    this.#wishes.stop();
    this.#forgetOffers();
  }

  /** Where the instances of all apps are, as constraints count them. */
  get placements(): Placements {
    return this.#placements;
  }

  entries(): readonly QueueEntry[] {
    const apps = new Set<PathId>();
    for (const { app } of this.#book.all()) apps.add(app.id);
    return [...apps].flatMap((appId) => this.#entriesOf(appId));
  }

  entry(appId: PathId): QueueEntry | undefined {
    return this.#entriesOf(appId).at(-1);
  }

  offers(offers: readonly Offer[]): void {
    this.#parts.counters.add('mesos.offers.incoming.counter', offers.length);
    const untilMs = this.#parts.world.clock.monotonicMs() + TOKEN_WAIT_MS;
    for (const offer of offers) {
      if (this.#waiting.size < MAX_WAITING_OFFERS) this.#waiting.set(offer.id.value, { offer, untilMs });
      else this.#answers.decline(offer.id.value, SOON_SECONDS);
    }
    this.#answers.sendDeclines();
    this.#goOn();
  }

  rescinded(offerId: string): void {
    this.#waiting.delete(offerId);
    this.#answers.rescinded(offerId);
  }

  connected(): void {
    this.#forgetOffers();
    this.#wishes.connected();
  }

  disconnected(): void {
    this.#forgetOffers();
  }

  #forgetOffers(): void {
    this.#waiting.clear();
    this.#answers.disconnected();
    this.#turn?.cancel();
    this.#turn = undefined;
    this.#tokenWait?.cancel();
  }

  /** Whether a launcher takes offers now; `isNews`: it has something that it did not have before. */
  #weigh(launcher: Launcher, isNews: boolean): void {
    const takesOffers = launcher.scheduled.size > 0 && this.#parts.backOffs.delayedUntilMs(launcher.app) === undefined;
    if (takesOffers) {
      const isNew = this.#contenders.add(launcher);
      if (isNew || isNews) this.#wishes.want(launcher.role);
    } else if (this.#contenders.remove(launcher) && !this.#contenders.has(launcher.role)) {
      this.#wishes.unwant(launcher.role);
    }
  }

  /** Never from inside a change: what is told of changes would be behind what is done. */
  #goOn(): void {
    if (this.#waiting.size === 0) return;
    this.#turn ??= this.#parts.world.clock.setTimer(0, () => {
      this.#turn = undefined;
      this.#answerSome();
    });
  }

  #answerSome(): void {
    const parts = this.#roundParts();
    let left = OFFERS_A_TURN;
    for (const [offerId, { offer }] of this.#waiting) {
      const isWanted = this.#contenders.has(roleOf(offer));
      if (left === 0 || (isWanted && this.#tokens.left === 0)) break;
      left -= 1;
      this.#waiting.delete(offerId);
      if (isWanted) this.#answer(offer, parts);
      else this.#answers.decline(offerId, this.#parts.options.declineOfferDurationMs / 1000);
    }
    this.#answers.sendDeclines();
    if (left === 0) this.#goOn();
    else this.#waitForTokens();
  }

  #answer(offer: Offer, parts: RoundParts): void {
    const { tasks, isEveryone } = runRound(offer, parts);
    if (tasks.length > 0) void this.#answers.launch(offer, tasks);
    else if (isEveryone) this.#answers.decline(offer.id.value, this.#parts.options.declineOfferDurationMs / 1000);
    // Whoever has not seen it yet may have use for it: the master's default brings it back soon (marathon.md 13.2).
    else this.#answers.decline(offer.id.value, undefined);
  }

  /** Offers are not hoarded: those that nothing is launched with in time go back for a moment. */
  #waitForTokens(): void {
    this.#tokenWait?.cancel();
    const [first] = this.#waiting.values();
    if (first === undefined) return;
    const { clock } = this.#parts.world;
    // Rounded up, or it might ring a fraction before its time, again and again.
    const delayMs = Math.max(1, Math.ceil(first.untilMs - clock.monotonicMs()));
    this.#tokenWait = clock.setTimer(delayMs, () => {
      const nowMs = clock.monotonicMs();
      for (const [offerId, { untilMs }] of this.#waiting) {
        if (untilMs > nowMs) break;
        this.#waiting.delete(offerId);
        this.#answers.decline(offerId, SOON_SECONDS);
      }
      this.#answers.sendDeclines();
      this.#waitForTokens();
    });
  }

  #roundParts(): RoundParts {
    const { world, options, mesos } = this.#parts;
    const context = { ...options, nowMs: world.clock.nowMs(), random: world.random, masterRegion: mesos.masterRegion };
    const { maxInstancesPerOffer } = options;
    return {
      contenders: this.#contenders,
      random: world.random,
      context,
      maxInstancesPerOffer,
      launches: this.#launches,
    };
  }

  /** One a role: instances of several configurations of an app count together, and the newest speaks for them. */
  #entriesOf(appId: PathId): QueueEntry[] {
    const byRole = new Map<string, Launcher[]>();
    for (const launcher of this.#book.ofApp(appId))
      byRole.set(launcher.role, [...(byRole.get(launcher.role) ?? []), launcher]);
    return [...byRole].map(([role, launchers]) => this.#entryOf(role, launchers));
  }

  #entryOf(role: string, launchers: readonly Launcher[]): QueueEntry {
    const newest = launchers.reduce((a, b) => (b.app.version > a.app.version ? b : a));
    const app = this.#launches.definitionOf(newest);
    const delayedUntilMs = this.#parts.backOffs.delayedUntilMs(app);
    return {
      app,
      role,
      count: launchers.reduce((sum, { count }) => sum + count, 0),
      sinceMs: Math.min(...launchers.map(({ sinceMs }) => sinceMs)),
      ...(delayedUntilMs !== undefined && { delayedUntilMs }),
      ...newest.statistics.shown(),
    };
  }
}

function roleOf({ allocation_info, resources }: Offer): string {
  return allocation_info?.role ?? resources?.[0]?.allocation_info?.role ?? '*';
}
