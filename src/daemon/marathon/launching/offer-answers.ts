// What the master is told of an offer: one ACCEPT with all launches, once they are durable, or DECLINE (marathon.md 13.2).
import type { Filters, Offer, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { MarathonCore, MesosLink } from '../core.ts';

/** So many offers are declined with one call. */
const MAX_OFFERS_A_DECLINE = 1000;

type Parts = Pick<MarathonCore, 'storage' | 'counters' | 'log'> & {
  readonly mesos: Pick<MesosLink, 'calls' | 'isSubscribed'>;
};

/** What becomes of launches; Launches does it. */
interface LaunchEnds {
  /** Whether the instance of this task is still to run it. */
  isWanted(taskId: string): boolean;
  /** These were not launched. */
  takeBack(taskIds: readonly string[]): void;
}

/** Declines are collected; call `sendDeclines` at the end of a turn. */
export class OfferAnswers {
  readonly #parts: Parts;
  readonly #launches: LaunchEnds;
  /** refuse_seconds → offer ids; undefined: the master's default. */
  readonly #declines = new Map<number | undefined, string[]>();
  /** Offers whose launches are being written; `false`: not to be had any more. */
  readonly #inWork = new Map<string, boolean>();

  constructor(parts: Parts, launches: LaunchEnds) {
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
        void this.#parts.mesos.calls.decline(some, filters).then((outcome) => {
          if (!outcome.ok) this.#parts.log.warn('could not decline offers', { why: outcome.error.message });
        });
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
    this.#declines.clear();
    for (const offerId of this.#inWork.keys()) this.#inWork.set(offerId, false);
  }

  /** The instances are provisioned in this turn. Contacts the master only when that is durable. */
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
    const outcome = await mesos.calls.accept([offerId], operations, { refuse_seconds: 0 });
    if (outcome.ok) {
      counters.add('tasks.launched.counter', wanted.length);
      return;
    }
    const taskIds = idsOf(wanted);
    this.#parts.log.warn('could not accept an offer', { offerId, taskIds, why: outcome.error.message });
    if (outcome.error.code !== 'unknown-outcome') launches.takeBack(taskIds);
    // They may have been launched. The master knows, and says so as a status of each.
    else await mesos.calls.reconcile(taskIds.map((taskId) => ({ taskId, agentId: offer.agent_id.value })));
  }
}

function idsOf(tasks: readonly TaskInfo[]): string[] {
  return tasks.map(({ task_id }) => task_id.value);
}
