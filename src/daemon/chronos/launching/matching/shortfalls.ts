// Finds an offer for a task, and says what is missing where there is none (chronos.md 4.5.2, 17.7): what this round lacks, and whether no
// agent that was ever offered would do. What agents have is known from the largest offer of each.
import type { Offer } from '../../../../mesos/generated/v1.ts';
import type { JobConstraint } from '../../model/job.ts';
import { type AgentFacts, unmetConstraint } from './constraints.ts';
import { type Demand, OfferResources } from './offer-resources.ts';

/** An offer in a round. */
export interface Candidate {
  readonly offer: Offer;
  readonly resources: OfferResources;
}

/** `why` and `isHopeless` are of those without a candidate. */
export interface Placement {
  readonly candidate: Candidate | undefined;
  readonly why: string;
  readonly isHopeless: boolean;
}

/** Remembered agents; the one that was offered longest ago gives way. */
const MAX_AGENTS = 20_000;

interface Agent {
  readonly facts: AgentFacts;
  readonly largest: Demand;
}

/** What was ever offered. */
export class Shortfalls {
  readonly #agents = new Map<string, Agent>();

  candidate(offer: Offer, role: string): Candidate {
    const resources = new OfferResources(offer, role);
    this.#note(offer, resources);
    return { offer, resources };
  }

  /** Costs the number of offers; of agents only when nothing fits. */
  place(candidates: readonly Candidate[], demand: Demand, constraints: readonly JobConstraint[]): Placement {
    for (const candidate of candidates) {
      if (candidate.resources.fits(demand) && unmetConstraint(candidate.offer, constraints) === undefined)
        return { candidate, why: '', isHopeless: false };
    }
    return { candidate: undefined, ...this.#whyNot(demand, constraints) };
  }

  #note({ agent_id, hostname, attributes = [] }: Offer, resources: OfferResources): void {
    const id = agent_id.value;
    const before = this.#agents.get(id)?.largest ?? { cpus: 0, mem: 0, disk: 0 };
    const largest: Demand = {
      cpus: Math.max(before.cpus, resources.left('cpus')),
      mem: Math.max(before.mem, resources.left('mem')),
      disk: Math.max(before.disk, resources.left('disk')),
    };
    this.#agents.delete(id);
    this.#agents.set(id, { facts: { hostname, attributes }, largest });
    if (this.#agents.size <= MAX_AGENTS) return;
    const [oldest] = this.#agents.keys();
    if (oldest !== undefined) this.#agents.delete(oldest);
  }

  #whyNot(demand: Demand, constraints: readonly JobConstraint[]): { why: string; isHopeless: boolean } {
    const fitting = [...this.#agents.values()].filter(({ facts }) => unmetConstraint(facts, constraints) === undefined);
    if (fitting.length === 0) {
      const [first] = this.#agents.values();
      const unmet = first && unmetConstraint(first.facts, constraints);
      const which = unmet === undefined ? '' : `, ${unmet.attribute} ${unmet.operator} ${unmet.value} for one`;
      return { why: `no agent satisfies its constraints${which}`, isHopeless: true };
    }
    for (const name of ['cpus', 'mem', 'disk'] as const) {
      const most = Math.max(...fitting.map(({ largest }) => largest[name]));
      if (most < demand[name]) return { why: tooMuch(name, demand[name], most), isHopeless: true };
    }
    const isHopeless = !fitting.some(
      ({ largest }) => largest.cpus >= demand.cpus && largest.mem >= demand.mem && largest.disk >= demand.disk,
    );
    if (isHopeless) return { why: 'no agent has as much cpus, mem and disk together', isHopeless };
    return { why: 'it fits an agent, but not in what is free at the moment', isHopeless };
  }
}

function tooMuch(name: string, wanted: number, most: number): string {
  const unit = name === 'cpus' ? '' : ' MB';
  return `it asks for ${wanted / 1000}${unit} of ${name}, and no agent that it may use has offered more than ${most / 1000}${unit}`;
}
