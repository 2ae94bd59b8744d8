// What the master is told of an offer: one ACCEPT with all launches, once they are durable, or DECLINE (marathon.md 13.2).
// An answer that was lost is followed by another DECLINE: an offer that nobody answers keeps its resources from everybody.
import type { SchedulerCalls } from '../../../client/scheduler/calls.ts';
import type { SchedulerErrorCode } from '../../../client/scheduler/errors.ts';
import type { Filters, Offer, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { Log, Timer, World } from '../../../world/world.ts';
import type { Storage } from '../storage/storage.ts';

/** So many offers are declined with one call. */
const MAX_OFFERS_A_DECLINE = 1000;
const DECLINE_AGAIN_MS = 2_000;
/** The master may not have got the call, and is still there: offers it had answered mean nothing to it. */
const MAYBE_LOST: ReadonlySet<SchedulerErrorCode> = new Set(['unknown-outcome', 'too-many-calls']);

/** What it takes of a scheduler. */
export interface OfferAnswerParts {
  readonly log: Log;
  /** By the names of Marathon's metrics, e.g. `mesos.offers.declined.counter`. */
  readonly counters: { add(name: string, by?: number): void };
  readonly world: Pick<World, 'clock'>;
  readonly storage: Pick<Storage, 'flushed'>;
  readonly mesos: {
    readonly calls: Pick<SchedulerCalls, 'accept' | 'decline' | 'reconcile'>;
    readonly isSubscribed: boolean;
  };
}

/** What becomes of launches. */
export interface LaunchEnds {
  /** Whether the task is still to be launched. */
  isWanted(taskId: string): boolean;
  /** These were not launched. */
  takeBack(taskIds: readonly string[]): void;
}

/** Declines are collected; call `sendDeclines` at the end of a turn. */
export class OfferAnswers {
  readonly #parts: OfferAnswerParts;
  readonly #launches: LaunchEnds;
  /** refuse_seconds → offer ids; undefined: the master's default. */
  readonly #declines = new Map<number | undefined, string[]>();
  /** Offers whose launches are being written; `false`: not to be had any more. */
  readonly #inWork = new Map<string, boolean>();
  #again: Timer | undefined;
  /** Offers end with the subscription that they came by. */
  #subscription = 0;

  constructor(parts: OfferAnswerParts, launches: LaunchEnds) {
    this.#parts = parts;
    this.#launches = launches;
  }

  decline(offerId: string, refuseSeconds: number | undefined): void {
    const others = this.#declines.get(refuseSeconds);
    if (others === undefined) this.#declines.set(refuseSeconds, [offerId]);
    else others.push(offerId);
  }

  sendDeclines(): void {
    for (const [refuseSeconds, offerIds] of this.#declines) {
      const filters: Filters | undefined = refuseSeconds === undefined ? undefined : { refuse_seconds: refuseSeconds };
      for (let i = 0; i < offerIds.length; i += MAX_OFFERS_A_DECLINE) {
        const some = offerIds.slice(i, i + MAX_OFFERS_A_DECLINE);
        this.#parts.counters.add('mesos.offers.declined.counter', some.length);
        void this.#sendDecline(some, filters);
      }
    }
    this.#declines.clear();
  }

  /** The offer is gone: what waits to be launched with it is taken back. */
  rescinded(offerId: string): void {
    if (this.#inWork.has(offerId)) this.#inWork.set(offerId, false);
  }

  /** All offers are gone. */
  disconnected(): void {
    this.#subscription += 1;
    this.#again?.cancel();
    this.#again = undefined;
    this.#declines.clear();
    for (const offerId of this.#inWork.keys()) this.#inWork.set(offerId, false);
  }

  /** The launches are taken down in this turn. Contacts the master only when that is durable. */
  async launch(offer: Offer, tasks: readonly TaskInfo[]): Promise<void> {
    const { storage, mesos, counters } = this.#parts;
    const launches = this.#launches;
    const offerId = offer.id.value;
    this.#inWork.set(offerId, true);
    await storage.flushed();
    const isThere = this.#inWork.get(offerId) === true && mesos.isSubscribed;
    this.#inWork.delete(offerId);
    const wanted = isThere ? tasks.filter(({ task_id }) => launches.isWanted(task_id.value)) : [];
    launches.takeBack(idsOf(tasks.filter((task) => !wanted.includes(task))));
    if (!isThere) return;
    if (wanted.length === 0) {
      this.decline(offerId, 0);
      this.sendDeclines();
      return;
    }
    counters.add('mesos.offers.used.counter');
    counters.add('mesos.offer-operations.launch.counter', wanted.length);
    const operations = wanted.map((task) => ({ type: 'LAUNCH' as const, launch: { task_infos: [task] } }));
    const subscription = this.#subscription;
    const outcome = await mesos.calls.accept([offerId], operations, { refuse_seconds: 0 });
    if (outcome.ok) {
      counters.add('tasks.launched.counter', wanted.length);
      return;
    }
    const taskIds = idsOf(wanted);
    if (MAYBE_LOST.has(outcome.error.code)) this.#declineAgain([offerId], { refuse_seconds: 0 }, subscription);
    this.#parts.log.warn('could not accept an offer', { offerId, taskIds, why: outcome.error.message });
    if (outcome.error.code !== 'unknown-outcome') launches.takeBack(taskIds);
    // They may have been launched. The master knows, and says so as a status of each.
    else await mesos.calls.reconcile(taskIds.map((taskId) => ({ taskId, agentId: offer.agent_id.value })));
  }

  async #sendDecline(offerIds: readonly string[], filters: Filters | undefined): Promise<void> {
    const subscription = this.#subscription;
    const outcome = await this.#parts.mesos.calls.decline(offerIds, filters);
    if (outcome.ok) return;
    this.#parts.log.warn('could not decline offers', { why: outcome.error.message });
    if (MAYBE_LOST.has(outcome.error.code)) this.#declineAgain(offerIds, filters, subscription);
  }

  #declineAgain(offerIds: readonly string[], filters: Filters | undefined, subscription: number): void {
    if (subscription !== this.#subscription) return;
    for (const offerId of offerIds) this.decline(offerId, filters?.refuse_seconds);
    this.#again ??= this.#parts.world.clock.setTimer(DECLINE_AGAIN_MS, () => {
      this.#again = undefined;
      this.sendDeclines();
    });
  }
}

function idsOf(tasks: readonly TaskInfo[]): string[] {
  return tasks.map(({ task_id }) => task_id.value);
}
