// Agents that will be away for a while: whoever holds something there is asked to leave, by inverse offers (mesos-semantics.md
// 13.1). Whom to ask, who has been asked, what they said, and who does not want to be asked again for a while.
import type { Unavailability } from '../mesos/generated/v1.ts';
import type { AgentRecord } from './agent.ts';
import { filterDurationMs } from './filters.ts';
import type { InverseOfferAnswer, InverseOfferStatusView, OfferedInverse } from './types.ts';

/** One agent with a time of absence ahead, or in it. */
interface Absence {
  readonly agent: AgentRecord;
  readonly unavailability: Unavailability;
  /** Frameworks that were asked and have not answered. */
  readonly asked: Set<string>;
  /** The last answers, by framework. */
  readonly answers: Map<string, InverseOfferStatusView>;
  /** By framework: until when it is not asked again, in ms since 1970. */
  readonly filters: Map<string, number>;
}

/** Costs nothing while no agent is to be away. */
export class Maintenance {
  readonly #intervalMs: number;
  readonly #absences = new Map<string, Absence>();
  /** Those whose absence is news since anybody was asked. */
  readonly #news = new Set<Absence>();
  /** Where a framework has filters. */
  readonly #filtered = new Map<string, Set<Absence>>();

  constructor(allocationIntervalMs: number) {
    this.#intervalMs = allocationIntervalMs;
  }

  /** A clean slate: everybody is asked again, whatever they said of another time; undefined: the agent stays. */
  update(agent: AgentRecord, unavailability: Unavailability | undefined): void {
    this.forgetAgent(agent.id);
    if (unavailability === undefined) return;
    const absence = { agent, unavailability, asked: new Set<string>(), answers: new Map(), filters: new Map() };
    this.#absences.set(agent.id, absence);
    this.#news.add(absence);
  }

  /**
   * Who is to be asked now: active frameworks that hold or were offered something, were not asked yet and have no filter.
   * They count as asked. All agents for a batch, else those with news.
   */
  ask(nowMs: number, isForAll: boolean): OfferedInverse[] {
    const offers: OfferedInverse[] = [];
    for (const absence of isForAll ? this.#absences.values() : this.#news) this.#askOn(absence, nowMs, offers);
    this.#news.clear();
    return offers;
  }

  /** The question is answered or taken back; a late answer to one that was taken back changes nothing but its filter. */
  answer(agentId: string, frameworkId: string, answer: InverseOfferAnswer, nowMs: number): void {
    const absence = this.#absences.get(agentId);
    if (absence === undefined) return;
    const wasAsked = absence.asked.delete(frameworkId);
    if (wasAsked && answer.status !== undefined) {
      absence.answers.set(frameworkId, { frameworkId, status: answer.status, atMs: nowMs });
    }
    const durationMs = filterDurationMs(answer.refuseSeconds, this.#intervalMs);
    if (durationMs === 0) return;
    absence.filters.set(frameworkId, nowMs + durationMs);
    const filtered = this.#filtered.get(frameworkId);
    if (filtered === undefined) this.#filtered.set(frameworkId, new Set([absence]));
    else filtered.add(absence);
  }

  answers(agentId: string): InverseOfferStatusView[] {
    return [...(this.#absences.get(agentId)?.answers.values() ?? [])];
  }

  /** It is revived or disconnected. */
  clearFilters(frameworkId: string): void {
    for (const absence of this.#filtered.get(frameworkId) ?? []) absence.filters.delete(frameworkId);
    this.#filtered.delete(frameworkId);
  }

  forgetAgent(agentId: string): void {
    const absence = this.#absences.get(agentId);
    if (absence === undefined) return;
    for (const frameworkId of absence.filters.keys()) this.#unfilter(absence, frameworkId);
    this.#absences.delete(agentId);
    this.#news.delete(absence);
  }

  #askOn(absence: Absence, nowMs: number, offers: OfferedInverse[]): void {
    const { agent, unavailability, asked, filters } = absence;
    if (!agent.isActive) return;
    for (const { framework } of agent.holdings.keys()) {
      if (!framework.isActive || asked.has(framework.id)) continue;
      const endsMs = filters.get(framework.id);
      if (endsMs !== undefined && endsMs > nowMs) continue;
      if (endsMs !== undefined) this.#unfilter(absence, framework.id);
      asked.add(framework.id);
      offers.push({ frameworkId: framework.id, agentId: agent.id, unavailability });
    }
  }

  #unfilter(absence: Absence, frameworkId: string): void {
    absence.filters.delete(frameworkId);
    const filtered = this.#filtered.get(frameworkId);
    filtered?.delete(absence);
    if (filtered?.size === 0) this.#filtered.delete(frameworkId);
  }
}
