// A framework in a run: its jobs, and what it does with an offer.
import type { Resources } from '../../mesos/resources.ts';
import type { FrameworkSpec } from '../workload.ts';
import type { JobRun, Place } from './job.ts';
import type { FrameworkRecord } from './record.ts';
import type { TaskKind } from './task-kind.ts';

export class FrameworkRun {
  readonly spec: FrameworkSpec;
  readonly id: string;
  readonly record: FrameworkRecord;
  /** Places in the list of the agents that it may have; undefined: all. */
  readonly allowed: Int32Array | undefined;
  /** Those with tasks that have no place, in order of arrival. */
  #jobs: JobRun[] = [];
  isSuppressed = false;
  /** Refused something since it asked for everything last. */
  hasRefused = false;

  constructor(spec: FrameworkSpec, record: FrameworkRecord, allowed: Int32Array | undefined) {
    this.spec = spec;
    this.allowed = allowed;
    this.id = spec.name;
    this.record = record;
  }

  /** It has tasks that could start if they had a place. */
  get wantsOffers(): boolean {
    return this.#jobs.some((job) => job.isOpen);
  }

  get waitingTasks(): number {
    return this.#jobs.reduce((sum, { pending }) => sum + pending, 0);
  }

  /** Agents with the data of tasks that have no place. */
  *homes(): Iterable<number> {
    for (const job of this.#jobs) if (job.isOpen) yield* job.homes();
  }

  /** Whether it may want what it has refused before. */
  add(job: JobRun): boolean {
    const isNew = job.kind.replicas > 0 || !this.#jobs.some(({ kind, isOpen }) => kind === job.kind && isOpen);
    this.#jobs.push(job);
    return isNew;
  }

  /** It has tasks without a place again. */
  takeBack(job: JobRun): void {
    if (this.#jobs.includes(job)) return;
    this.#jobs.push(job);
    this.#jobs.sort((a, b) => a.number - b.number);
  }

  /**
   * Places for tasks on the agent, within what is offered of it; `rest` is not wanted, nor anything of the agent for so many
   * seconds.
   */
  use(agent: number, offered: Resources, nowMs: number): { places: Place[]; rest: Resources; refuseSeconds: number } {
    const offer = new OfferInHand(agent, offered, nowMs);
    if (this.spec.order === 'fifo') {
      for (const job of this.#jobs) {
        let goesOn = true;
        while (goesOn) goesOn = offer.tryTask(job);
      }
    } else {
      // Whoever can have nothing more of a part of an offer can have nothing of a smaller one.
      const candidates = this.#jobs.filter((job) => job.isOpen);
      while (candidates.length > 0) {
        const at = leastPlaced(candidates);
        const job = candidates[at];
        if (job === undefined || !offer.tryTask(job)) candidates.splice(at, 1);
      }
    }
    if (offer.places.length > 0 && this.#jobs.some(({ pending }) => pending === 0))
      this.#jobs = this.#jobs.filter(({ pending }) => pending > 0);
    const refuseSeconds = offer.waitMs === undefined ? this.spec.refuseSeconds : offer.waitMs / 1000;
    return { places: offer.places, rest: offer.rest, refuseSeconds };
  }
}

/** One offer while its framework looks for tasks for it. */
class OfferInHand {
  readonly #agent: number;
  readonly #nowMs: number;
  readonly #tooLarge = new Set<TaskKind>();
  readonly places: Place[] = [];
  rest: Resources;
  /** The first job that waits for better agents would take this one then. */
  waitMs: number | undefined;

  constructor(agent: number, offered: Resources, nowMs: number) {
    this.#agent = agent;
    this.rest = offered;
    this.#nowMs = nowMs;
  }

  tryTask(job: JobRun): boolean {
    const { kind } = job;
    if (!job.isOpen || this.#tooLarge.has(kind)) return false;
    if (!this.rest.contains(kind.resources)) {
      this.#tooLarge.add(kind);
      return false;
    }
    const taken = job.take(this.#agent, this.#nowMs);
    if (taken.kind === 'waits') this.waitMs = Math.min(this.waitMs ?? taken.forMs, taken.forMs);
    if (taken.kind !== 'task') return false;
    this.rest = this.rest.minus(kind.resources);
    this.places.push({ job, task: taken.task, agent: this.#agent, isLocal: taken.isLocal });
    return true;
  }
}

function leastPlaced(jobs: readonly JobRun[]): number {
  let least = 0;
  for (let index = 1; index < jobs.length; index++) {
    if ((jobs[index]?.placed ?? 0) < (jobs[least]?.placed ?? 0)) least = index;
  }
  return least;
}
