// The agents: what they have together, which of them call themselves alike, and which are not simply active, since when.
import { addAmounts, type MutableAmounts, noAmounts } from './amounts.ts';
import type { AgentRow } from './model.ts';
import { type Standings, stands } from './standings.ts';

export class AgentTable {
  readonly rows = new Map<string, AgentRow>();
  /** Of all that can be reached. */
  readonly total = noAmounts();
  readonly allocated = noAmounts();
  readonly trouble: Standings = new Map();
  /** How many call themselves so. */
  readonly #hosts = new Map<string, number>();
  readonly #nowMs: () => number;
  readonly #complete: (agent: AgentRow) => void;

  /** `complete`: puts in what feeds do not know. */
  constructor(nowMs: () => number, complete: (agent: AgentRow) => void) {
    this.#nowMs = nowMs;
    this.#complete = complete;
  }

  isSharedHost(hostname: string): boolean {
    return (this.#hosts.get(hostname) ?? 0) > 1;
  }

  replace(rows: Iterable<AgentRow>): void {
    const before = new Set(this.rows.keys());
    for (const row of rows) {
      before.delete(row.id);
      this.put(row);
    }
    for (const id of before) this.remove(id);
    // Summed up anew, so that no rounding stays for ever.
    Object.assign(this.total, noAmounts());
    Object.assign(this.allocated, noAmounts());
    for (const agent of this.rows.values()) this.#addToSums(agent, 1);
  }

  put(row: AgentRow): void {
    if (this.change(row.id, row)) return;
    this.rows.set(row.id, row);
    this.#enter(row);
  }

  /** False when there is none of that id. */
  change(id: string, change: Partial<AgentRow>): boolean {
    const agent = this.rows.get(id);
    if (agent === undefined) return false;
    this.#leave(agent);
    Object.assign(agent, change);
    this.#enter(agent);
    return true;
  }

  /** False when there is none of that id. */
  remove(id: string): boolean {
    const agent = this.rows.get(id);
    if (agent === undefined) return false;
    this.#leave(agent);
    this.rows.delete(id);
    this.trouble.delete(id);
    return true;
  }

  /** False when there is none of that id. */
  addAllocated(id: string, amounts: Readonly<MutableAmounts>, sign: 1 | -1): boolean {
    const agent = this.rows.get(id);
    if (agent === undefined) return false;
    addAmounts(agent.allocated, amounts, sign);
    if (isCounted(agent)) addAmounts(this.allocated, amounts, sign);
    return true;
  }

  #enter(agent: AgentRow): void {
    this.#hosts.set(agent.hostname, (this.#hosts.get(agent.hostname) ?? 0) + 1);
    this.#complete(agent);
    this.#addToSums(agent, 1);
    stands(this.trouble, agent.id, agent.state, this.#nowMs());
  }

  #leave(agent: AgentRow): void {
    const left = (this.#hosts.get(agent.hostname) ?? 0) - 1;
    if (left > 0) this.#hosts.set(agent.hostname, left);
    else this.#hosts.delete(agent.hostname);
    this.#addToSums(agent, -1);
  }

  #addToSums(agent: AgentRow, sign: 1 | -1): void {
    if (!isCounted(agent)) return;
    addAmounts(this.total, agent.total, sign);
    addAmounts(this.allocated, agent.allocated, sign);
  }
}

/** What an agent has that nobody can reach is no part of the cluster. */
function isCounted(agent: AgentRow): boolean {
  return agent.state !== 'unreachable';
}
