// Which agents a run looks at (mesos-semantics.md 3.1): all of them for a batch, else those that something happened to; and of
// these only active, whitelisted ones where there may be something to offer.
import type { AgentRecord } from './agent.ts';
import type { Books } from './books.ts';

/** Of one run. */
export interface RunCandidates {
  readonly agents: readonly AgentRecord[];
  /** More of them, as soon as quota keeps less back than when the run began. */
  readonly released: () => readonly AgentRecord[];
}

export class Candidates {
  readonly #books: Books;
  #whitelist: ReadonlySet<string> | undefined;
  /** Agents that an event asked to be looked at before the next batch. */
  readonly #pending = new Set<AgentRecord>();
  #isEveryAgentPending = false;

  constructor(books: Books) {
    this.#books = books;
  }

  /** Whether something that triggers a run happened since the last one. */
  get isRunDue(): boolean {
    return this.#isEveryAgentPending || this.#pending.size > 0;
  }

  trigger(agent: AgentRecord): void {
    this.#pending.add(agent);
  }

  triggerAll(): void {
    this.#isEveryAgentPending = true;
  }

  /** The agent went. */
  forget(agent: AgentRecord): void {
    this.#pending.delete(agent);
  }

  /** Undefined: all hosts. */
  adoptWhitelist(hostnames: ReadonlySet<string> | undefined): void {
    this.#whitelist = hostnames;
  }

  isWhitelisted(hostname: string): boolean {
    return this.#whitelist === undefined || this.#whitelist.has(hostname);
  }

  /** For the run that begins now: what triggered it is used up. */
  take(batch: boolean): RunCandidates {
    const books = this.#books;
    books.unsettleHeldBack();
    const isForAll = batch || this.#isEveryAgentPending;
    const agents = this.#among(isForAll ? books.unsettledAgents() : this.#pending);
    this.#pending.clear();
    this.#isEveryAgentPending = false;
    const released = (): AgentRecord[] => {
      if (!isForAll) return [];
      books.unsettleHeldBack();
      const known = new Set(agents);
      return this.#among(books.unsettledAgents()).filter((agent) => !known.has(agent));
    };
    return { agents, released };
  }

  #among(agents: Iterable<AgentRecord>): AgentRecord[] {
    const candidates: AgentRecord[] = [];
    for (const agent of agents) {
      if (agent.isUnsettled && agent.isActive && this.isWhitelisted(agent.hostname)) candidates.push(agent);
    }
    return candidates;
  }
}
