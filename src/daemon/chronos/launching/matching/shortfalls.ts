// Finds an offer for a task, and says what is missing where there is none (chronos.md 4.5.2, 17.7): what this round lacks, and whether no
// agent would do. What agents have is known from the largest offer of each, and from the master once somebody has asked it.
import { isDeepStrictEqual } from 'node:util';
import type { Offer } from '../../../../mesos/generated/v1.ts';
import type { JobConstraint } from '../../model/job.ts';
import { type AgentFacts, unmetConstraint } from './constraints.ts';
import { type Demand, OfferResources } from './offer-resources.ts';
import type { WholeAgent } from './whole-agents.ts';

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
/** Of demands that were looked for in vain. */
const MAX_ANSWERS = 10_000;

type Shortfall = Pick<Placement, 'why' | 'isHopeless'>;

interface Agent {
  readonly facts: AgentFacts;
  readonly largest: Demand;
}

/** What was ever offered, and what the master has. */
export class Shortfalls {
  readonly #agents = new Map<string, Agent>();
  /** As long as agents are what they were: a thousand jobs that wait are not looked for on each of them in every round. */
  readonly #answers = new Map<string, Shortfall>();

  candidate(offer: Offer, role: string): Candidate {
    const resources = new OfferResources(offer, role);
    const { agent_id, hostname, attributes = [] } = offer;
    this.#note(agent_id.value, { hostname, attributes }, resources);
    return { offer, resources };
  }

  /** All agents that there are. */
  whole(agents: readonly WholeAgent[], role: string): void {
    const before = new Map(this.#agents);
    this.#agents.clear();
    this.#answers.clear();
    for (const { agent_info, total_resources = [] } of agents) {
      const { id, hostname, attributes = [] } = agent_info;
      if (id === undefined) continue;
      const known = before.get(id.value);
      if (known !== undefined) this.#agents.set(id.value, known);
      this.#note(id.value, { hostname, attributes }, new OfferResources({ resources: total_resources }, role));
    }
  }

  /** Costs the number of offers; of agents only when nothing fits. */
  place(candidates: readonly Candidate[], demand: Demand, constraints: readonly JobConstraint[]): Placement {
    for (const candidate of candidates) {
      if (candidate.resources.fits(demand) && unmetConstraint(candidate.offer, constraints) === undefined)
        return { candidate, why: '', isHopeless: false };
    }
    return { candidate: undefined, ...this.#whyNot(demand, constraints) };
  }

  #note(id: string, facts: AgentFacts, resources: OfferResources): void {
    const known = this.#agents.get(id);
    const before = known?.largest ?? { cpus: 0, mem: 0, disk: 0 };
    const largest: Demand = {
      cpus: Math.max(before.cpus, resources.left('cpus')),
      mem: Math.max(before.mem, resources.left('mem')),
      disk: Math.max(before.disk, resources.left('disk')),
    };
    const agent = { facts, largest };
    if (!isDeepStrictEqual(known, agent)) this.#answers.clear();
    this.#agents.delete(id);
    this.#agents.set(id, agent);
    if (this.#agents.size <= MAX_AGENTS) return;
    const [oldest] = this.#agents.keys();
    if (oldest !== undefined) this.#agents.delete(oldest);
  }

  #whyNot(demand: Demand, constraints: readonly JobConstraint[]): Shortfall {
    const key = JSON.stringify([demand, constraints]);
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      if (this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
      answer = this.#shortfallOf(demand, constraints);
      this.#answers.set(key, answer);
    }
    return answer;
  }

  #shortfallOf(demand: Demand, constraints: readonly JobConstraint[]): Shortfall {
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
  return `it asks for ${wanted / 1000}${unit} of ${name}, and no agent that it may use has more than ${most / 1000}${unit}`;
}
