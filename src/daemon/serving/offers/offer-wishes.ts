// Tells the master for which roles offers are wanted: REVIVE when something new waits, SUPPRESS when nothing does
// (marathon.md 13.1, chronos.md 4.5.4). What is said in one turn of the event loop becomes one call.
import type { SchedulerCalls } from '../../../client/scheduler/calls.ts';
import type { CallOutcome } from '../../../client/scheduler/errors.ts';
import type { Log, Timer, World } from '../../../world/world.ts';

/**
 * Between two ways out of a suppression. A REVIVE may be seconds away; until then leaving the list of suppressed roles
 * brings offers just as well: the master forgets what was declined for a role that leaves it.
 */
const MIN_OPEN_INTERVAL_MS = 1000;

/** What it takes of a scheduler. */
export interface OfferWishParts {
  readonly log: Log;
  /** By the names of Marathon's metrics, e.g. `mesos.calls.revive.counter`. */
  readonly counters: { add(name: string, by?: number): void };
  readonly world: Pick<World, 'clock'>;
  readonly options: {
    /** There from the beginning. */
    readonly mesosRole: string;
    readonly suppressOffers: boolean;
    readonly minReviveOffersIntervalMs: number;
  };
  readonly mesos: {
    readonly calls: Pick<SchedulerCalls, 'revive' | 'suppress'>;
    readonly isSubscribed: boolean;
    /** Whether the master knows that we have the role. */
    hasRole(role: string): boolean;
    /** Resolves when the master knows, or has refused it. */
    needRole(role: string): Promise<void>;
    /** Makes these the roles that no offers are made for, all others being open. */
    suppressOnly(roles: readonly string[]): Promise<CallOutcome>;
  };
}

/** Costs the number of roles, not of apps. */
export class OfferWishes {
  readonly #parts: OfferWishParts;
  /** All roles ever wanted; `true`: wanted now. */
  readonly #roles: Map<string, boolean>;
  /** Revives still to be sent: each is repeated once, lest it crossed a decline on its way. */
  readonly #revives = new Map<string, number>();
  /** Roles with something that waits and has not been asked for by any call yet. */
  readonly #news = new Set<string>();
  /** As the master knows them. */
  readonly #suppressed = new Set<string>();
  /** Roles that the master is being told of. */
  readonly #asked = new Set<string>();
  #lastReviveMs = Number.NEGATIVE_INFINITY;
  #lastOpenedMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(parts: OfferWishParts) {
    this.#parts = parts;
    this.#roles = new Map([[parts.options.mesosRole, false]]);
  }

  /** Something of the role has begun to wait for offers. */
  want(role: string): void {
    this.#roles.set(role, true);
    this.#revives.set(role, 2);
    this.#news.add(role);
    this.#settleIn(0);
    if (this.#parts.mesos.hasRole(role) || this.#asked.has(role)) return;
    this.#asked.add(role);
    void this.#parts.mesos.needRole(role).then(() => {
      this.#asked.delete(role);
      this.#settleIn(0);
    });
  }

  /** Nothing of the role waits for offers any more. */
  unwant(role: string): void {
    this.#roles.set(role, false);
    this.#settleIn(0);
  }

  /** A new subscription has no suppressed roles and no filters; what is wanted is said all the same. */
  connected(): void {
    this.#suppressed.clear();
    this.#news.clear();
    for (const [role, isWanted] of this.#roles) if (isWanted && !this.#revives.has(role)) this.#revives.set(role, 1);
    this.#settleIn(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #settleIn(delayMs: number): void {
    const { clock } = this.#parts.world;
    // Whole milliseconds, or it might ring a fraction before its time, again and again.
    const waitMs = Math.ceil(delayMs);
    const dueMs = clock.monotonicMs() + waitMs;
    if (this.#timer !== undefined && this.#timerDueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = clock.setTimer(waitMs, () => {
      this.#timer = undefined;
      this.#settle();
    });
  }

  #settle(): void {
    if (!this.#parts.mesos.isSubscribed) return;
    for (const [role, isWanted] of this.#roles) {
      if (isWanted) continue;
      this.#revives.delete(role);
      this.#news.delete(role);
    }
    this.#suppressUnwanted();
    const nowMs = this.#parts.world.clock.monotonicMs();
    const due = [...this.#revives.keys()].filter((role) => this.#parts.mesos.hasRole(role));
    if (due.length === 0) return;
    const reviveInMs = this.#lastReviveMs + this.#parts.options.minReviveOffersIntervalMs - nowMs;
    if (reviveInMs <= 0) {
      this.#revive(due, nowMs);
      return;
    }
    this.#settleIn(reviveInMs);
    const closed = due.filter((role) => this.#suppressed.has(role) || this.#isFiltered(role));
    if (closed.length === 0) return;
    const openInMs = this.#lastOpenedMs + MIN_OPEN_INTERVAL_MS - nowMs;
    if (openInMs > 0) this.#settleIn(openInMs);
    else this.#open(closed, nowMs);
  }

  /** What waited before may have let offers be declined that something new has use for. */
  #isFiltered(role: string): boolean {
    return this.#parts.options.suppressOffers && this.#news.has(role);
  }

  #suppressUnwanted(): void {
    const { options, mesos } = this.#parts;
    if (!options.suppressOffers) return;
    const roles = [...this.#roles.keys()].filter(
      (role) => this.#roles.get(role) === false && !this.#suppressed.has(role) && mesos.hasRole(role),
    );
    if (roles.length > 0) this.#suppress(roles);
  }

  #suppress(roles: readonly string[]): void {
    const { mesos, counters } = this.#parts;
    for (const role of roles) this.#suppressed.add(role);
    counters.add('mesos.calls.suppress.counter');
    void mesos.calls.suppress(roles).then((outcome) => {
      if (outcome.ok) return;
      this.#parts.log.warn('could not suppress offers', { roles, why: outcome.error.message });
      // Offers of these are declined instead; the next change or subscription tries again.
      for (const role of roles) this.#suppressed.delete(role);
    });
  }

  #revive(roles: readonly string[], nowMs: number): void {
    this.#parts.counters.add('mesos.calls.revive.counter');
    this.#lastReviveMs = nowMs;
    this.#lastOpenedMs = nowMs;
    for (const role of roles) {
      this.#suppressed.delete(role);
      this.#news.delete(role);
      const left = (this.#revives.get(role) ?? 1) - 1;
      if (left === 0) this.#revives.delete(role);
      else this.#revives.set(role, left);
    }
    const intervalMs = this.#parts.options.minReviveOffersIntervalMs;
    // An interval of none would repeat it in the same breath.
    if (this.#revives.size > 0) this.#settleIn(Math.max(1, intervalMs));
    void this.#parts.mesos.calls.revive(roles).then((outcome) => {
      if (outcome.ok) return;
      this.#parts.log.warn('could not revive offers', { roles, why: outcome.error.message });
      for (const role of roles) this.#revives.set(role, 2);
      this.#settleIn(Math.max(1, intervalMs));
    });
  }

  /**
   * Out of the suppression, and into it first where need be, without a REVIVE; who cannot do that waits for one. Calls
   * reach the master in this order.
   */
  #open(opened: readonly string[], nowMs: number): void {
    this.#lastOpenedMs = nowMs;
    const filtered = opened.filter((role) => !this.#suppressed.has(role));
    if (filtered.length > 0) this.#suppress(filtered);
    for (const role of opened) {
      this.#suppressed.delete(role);
      this.#news.delete(role);
    }
    void this.#parts.mesos.suppressOnly([...this.#suppressed]).then((outcome) => {
      if (outcome.ok) return;
      this.#parts.log.debug('could not open roles for offers', { opened, why: outcome.error.message });
      for (const role of opened) if (this.#roles.get(role) === true) this.#suppressed.add(role);
    });
  }
}
