// Offers that come, runs that wait, and what is made of the two (chronos.md 4.5): every run goes on the first offer with room that its
// constraints let it use; who does not fit holds nobody up. What is left is declined, and while nothing waits there are no offers.
import type { MasterPlaces } from '../../../client/leader-source.ts';
import type { Offer, TaskInfo } from '../../../mesos/generated/v1.ts';
import type { Timer } from '../../../world/world.ts';
import { OfferAnswers } from '../../serving/offers/offer-answers.ts';
import { OfferWishes } from '../../serving/offers/offer-wishes.ts';
import type { ChronosCore, Unsubscribe } from '../core.ts';
import type { ChronosOptions } from '../flags.ts';
import type { Run } from '../model/run.ts';
import type { RunQueue } from '../queue/run-queue.ts';
import type { RunBook } from '../runs/run-book.ts';
import { taskIdOf } from '../runs/task-id.ts';
import { amountsOf, demandOf } from './matching/demand.ts';
import { type Candidate, Shortfalls } from './matching/shortfalls.ts';
import { WholeAgents } from './matching/whole-agents.ts';
import type { SchedulerLink } from './mesos-link.ts';
import { OfferWatch } from './offer-watch.ts';
import { newestSandbox } from './sandboxes.ts';
import { buildTaskInfo } from './task-info/build-task-info.ts';

/** Offers that wait for their turn, or for it to be known what runs; more are declined for a moment. */
const MAX_WAITING_OFFERS = 1024;
const SOON_SECONDS = 1;

type Parts = Pick<ChronosCore, 'world' | 'log' | 'storage' | 'jobs'> & {
  readonly options: ChronosOptions;
  readonly masters: MasterPlaces;
  readonly counters: { add(name: string, by?: number): void };
  readonly mesos: Pick<
    SchedulerLink,
    'calls' | 'isSubscribed' | 'hasRole' | 'needRole' | 'suppressOnly' | 'resubscribe'
  >;
  readonly runs: Pick<RunBook, 'launching' | 'notLaunched' | 'byTaskId' | 'isReconciled' | 'mayLaunch'>;
  readonly queue: Pick<RunQueue, 'lengths' | 'waiting' | 'tried' | 'onChange' | 'why'>;
};

/** Nothing is asked for before `start`. */
export class OfferDesk {
  readonly #parts: Parts;
  readonly #wishes: OfferWishes;
  readonly #answers: OfferAnswers;
  readonly #watch: OfferWatch;
  readonly #shortfalls = new Shortfalls();
  readonly #whole: WholeAgents;
  /** In order of arrival. */
  readonly #waiting = new Map<string, Offer>();
  #turn: Timer | undefined;
  /** Runs that waited when somebody last looked. */
  #queued = 0;
  #unsubscribe: Unsubscribe[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    const { options } = parts;
    const wishes = { ...options, suppressOffers: true };
    this.#wishes = new OfferWishes({ ...parts, mesos: parts.mesos, options: wishes });
    this.#watch = new OfferWatch({
      world: parts.world,
      log: parts.log,
      declinedForMs: options.declineOfferDurationMs ?? 0,
      revive: () => this.#wishes.want(options.mesosRole),
      resubscribe: () => parts.mesos.resubscribe(),
    });
    this.#whole = new WholeAgents(parts, (agents) => this.#shortfalls.whole(agents, options.mesosRole));
    this.#answers = new OfferAnswers(parts, {
      isWanted: (taskId) => this.#isWanted(taskId),
      takeBack: (taskIds) => {
        for (const taskId of taskIds) parts.runs.notLaunched(taskId);
      },
    });
  }

  start(): void {
    const { queue, jobs, options } = this.#parts;
    this.#unsubscribe = [
      queue.onChange(() => this.#queueChanged()),
      jobs.onChange(({ name, job, before }) => {
        if (job?.definition === before?.definition || queue.why(name) === undefined) return;
        // It may have use for what was declined for it as it was.
        this.#wishes.want(options.mesosRole);
      }),
    ];
    this.#queueChanged();
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#wishes.stop();
    this.disconnected();
    this.#watch.stop();
  }

  connected(): void {
    this.disconnected();
    this.#watch.connected();
    this.#whole.forget();
    this.#wishes.connected();
    // Who has nothing to launch wants no offers, and a new subscription brings some.
    if (this.#queued === 0) this.#wishes.unwant(this.#parts.options.mesosRole);
  }

  disconnected(): void {
    this.#watch.disconnected();
    this.#waiting.clear();
    this.#answers.disconnected();
    this.#turn?.cancel();
    this.#turn = undefined;
  }

  offers(offers: readonly Offer[]): void {
    this.#parts.counters.add('mesos.offers.incoming.counter', offers.length);
    this.#watch.offered();
    for (const offer of offers) {
      if (this.#waiting.size < MAX_WAITING_OFFERS) this.#waiting.set(offer.id.value, offer);
      else this.#answers.decline(offer.id.value, SOON_SECONDS);
    }
    this.#answers.sendDeclines();
    this.#goOn();
  }

  rescinded(offerId: string): void {
    this.#waiting.delete(offerId);
    this.#answers.rescinded(offerId);
  }

  #queueChanged(): void {
    const { queue, options } = this.#parts;
    const { high, normal } = queue.lengths;
    const before = this.#queued;
    this.#queued = high + normal;
    this.#watch.waiting(this.#queued > 0);
    if (this.#queued > before) this.#wishes.want(options.mesosRole);
    else if (this.#queued === 0 && before > 0) this.#wishes.unwant(options.mesosRole);
    this.#goOn();
  }

  /** Never from inside a change: what is told of changes would be behind what is done. */
  #goOn(): void {
    if (this.#waiting.size === 0) return;
    this.#turn ??= this.#parts.world.clock.setTimer(0, () => {
      this.#turn = undefined;
      this.#round();
    });
  }

  #round(): void {
    const { runs, queue, options } = this.#parts;
    const offers = [...this.#waiting.values()];
    if (this.#queued > 0 && !runs.isReconciled) return;
    this.#waiting.clear();
    const candidates = offers.map((offer): Candidate => this.#shortfalls.candidate(offer, options.mesosRole));
    const tasks = new Map<Candidate, TaskInfo[]>();
    // Jobs that fit nowhere as things are: their other runs need not be tried.
    const tooLarge = new Set<string>();
    for (const run of [...queue.waiting()]) {
      const { job } = run.key;
      if (tooLarge.has(job)) continue;
      const place = this.#place(run, candidates);
      if (place === undefined) tooLarge.add(job);
      else if (place.task !== undefined) {
        const others = tasks.get(place.candidate);
        if (others === undefined) tasks.set(place.candidate, [place.task]);
        else others.push(place.task);
      }
    }
    for (const candidate of candidates) {
      const its = tasks.get(candidate);
      if (its !== undefined) void this.#answers.launch(candidate.offer, its);
      else this.#decline(candidate.offer.id.value);
    }
    this.#answers.sendDeclines();
  }

  /** A filter would be in the way of what is queued next; without offers wanted none is needed. */
  #decline(offerId: string): void {
    const { declineOfferDurationMs } = this.#parts.options;
    const waits = this.#parts.queue.lengths;
    if (waits.high + waits.normal === 0) this.#answers.decline(offerId, 0);
    else
      this.#answers.decline(offerId, declineOfferDurationMs === undefined ? undefined : declineOfferDurationMs / 1000);
  }

  /** Undefined: nothing has room for it. Without a task: it is not to be launched after all. */
  #place(run: Run, candidates: readonly Candidate[]): { candidate: Candidate; task: TaskInfo | undefined } | undefined {
    const { jobs, runs, queue, options } = this.#parts;
    const job = jobs.get(run.key.job);
    // What was launched in this round may be in its way.
    const [none] = candidates;
    if (none === undefined || job === undefined || !runs.mayLaunch(run))
      return none && { candidate: none, task: undefined };
    const { definition } = job;
    const demand = demandOf(definition, options);
    const { candidate, why, isHopeless } = this.#shortfalls.place(candidates, demand, definition.constraints);
    if (candidate === undefined) {
      const isUnplaceable = isHopeless && this.#whole.isKnown();
      queue.tried(definition.name, {
        why: isHopeless && !isUnplaceable ? 'it does not fit what is free at the moment' : why,
        isUnplaceable,
      });
      return undefined;
    }
    const { offer } = candidate;
    const taskId = taskIdOf(run, definition);
    if (runs.byTaskId(taskId) !== undefined) return { candidate, task: undefined };
    let task: TaskInfo;
    try {
      const resources = candidate.resources.take(demand);
      const user = options.user ?? this.#parts.world.host.currentUser;
      const amounts = amountsOf(definition, options);
      task = buildTaskInfo({ definition, run, taskId, amounts, resources, offer, user });
    } catch (error) {
      // Of one job; the others are not to wait for it.
      this.#parts.log.error('a task could not be described', { taskId, error });
      return { candidate, task: undefined };
    }
    // Its outcome is looked at when the offer is about to be accepted.
    const sandbox = newestSandbox(offer, task.executor?.executor_id.value ?? taskId);
    void runs.launching(run, taskId, { id: offer.agent_id.value, host: offer.hostname, sandbox });
    return { candidate, task: runs.byTaskId(taskId) === undefined ? undefined : task };
  }

  #isWanted(taskId: string): boolean {
    const run = this.#parts.runs.byTaskId(taskId);
    return run?.state === 'launching' && !run.isKilled;
  }
}
