// Refused offers (mesos-semantics.md 3.4). A filter hides from one framework, for one role, whatever of an agent is within
// what it refused, until it expires. They hang on the agents, in chains, and expire through one heap.
import type { Resources } from '../mesos/resources.ts';
import type { AgentRecord } from './agent.ts';
import type { FrameworkUnderRole } from './framework.ts';

/** One refusal, alive until it expires, is revived, or its agent or framework goes. */
export interface Filter {
  readonly agent: AgentRecord;
  readonly owner: FrameworkUnderRole;
  readonly refused: Resources;
  readonly expiresAtMs: number;
  /** As short as the interval: the batch at its very end is the one it was meant for, and it still holds then. */
  readonly outlastsBatch: boolean;
  /** Already off its agent; its place in the heap is only waiting to be cleared. */
  isGone: boolean;
  next: Filter | undefined;
}

const DEFAULT_REFUSE_SECONDS = 5;
const MAX_REFUSE_SECONDS = 365 * 24 * 60 * 60;

/** How long a refusal lasts; 0 means that there is none. */
export function filterDurationMs(refuseSeconds: number | undefined, allocationIntervalMs: number): number {
  if (refuseSeconds === undefined || refuseSeconds === 0) return 0;
  const isUsable = refuseSeconds > 0;
  const seconds = isUsable ? Math.min(refuseSeconds, MAX_REFUSE_SECONDS) : DEFAULT_REFUSE_SECONDS;
  return Math.max(allocationIntervalMs, seconds * 1000);
}

const endsBefore = (a: Filter, b: Filter): boolean =>
  a.expiresAtMs < b.expiresAtMs || (a.expiresAtMs === b.expiresAtMs && !a.outlastsBatch && b.outlastsBatch);

/** All filters in force. Time is passed in; who calls decides when they expire. */
export class Filters {
  readonly #heap: Filter[] = [];
  #goneInHeap = 0;
  /** In force. */
  count = 0;
  /** Grows with every filter that comes or goes. */
  version = 0;

  isFiltered(agent: AgentRecord, owner: FrameworkUnderRole, offer: Resources): boolean {
    if (agent.refusedAlike.has(offer, owner.place)) return true;
    let filter = agent.filters.get(owner);
    while (filter !== undefined) {
      if (filter.refused.contains(offer)) return true;
      filter = filter.next;
    }
    return false;
  }

  /** When the last filter that hides the offer ends, in ms; undefined: none does. */
  hiddenUntil(agent: AgentRecord, owner: FrameworkUnderRole, offer: Resources): number | undefined {
    let until: number | undefined;
    for (let filter = agent.filters.get(owner); filter !== undefined; filter = filter.next) {
      if (filter.refused.contains(offer)) until = Math.max(until ?? 0, filter.expiresAtMs);
    }
    return until;
  }

  add(
    agent: AgentRecord,
    owner: FrameworkUnderRole,
    refused: Resources,
    expiresAtMs: number,
    outlastsBatch: boolean,
  ): void {
    const filter: Filter = { agent, owner, refused, expiresAtMs, outlastsBatch, isGone: false, next: undefined };
    // Neither a filter within another that lasts as long nor the reverse is worth keeping: chains stay short.
    for (let old = agent.filters.get(owner); old !== undefined; old = old.next) {
      if (!endsBefore(old, filter) && old.refused.contains(refused)) return;
      if (!endsBefore(filter, old) && refused.contains(old.refused)) this.#remove(old, true);
    }
    filter.next = agent.filters.get(owner);
    agent.filters.set(owner, filter);
    agent.refusedAlike.add(refused, owner.place);
    owner.filterCount += 1;
    this.count += 1;
    this.version += 1;
    this.#push(filter);
  }

  /** Writes into each of these owners, who are all, when the first of its filters ends. Looks at all filters: for onlookers only. */
  findNextEnds(owners: Iterable<FrameworkUnderRole>): void {
    for (const owner of owners) owner.nextFilterEndsMs = Number.POSITIVE_INFINITY;
    for (const { isGone, owner, expiresAtMs } of this.#heap) {
      if (!isGone && expiresAtMs < owner.nextFilterEndsMs) owner.nextFilterEndsMs = expiresAtMs;
    }
  }

  /** Removes those whose time is up, with `isBeforeBatch` all but those that outlast it. Calls back for each agent. */
  expire(nowMs: number, isBeforeBatch: boolean, freed: (agent: AgentRecord) => void): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (!first.isGone) {
        if (first.expiresAtMs > nowMs || (first.expiresAtMs === nowMs && isBeforeBatch && first.outlastsBatch)) return;
        this.#remove(first, false);
        freed(first.agent);
      } else {
        this.#goneInHeap -= 1;
      }
      this.#pop();
    }
  }

  /** All of one framework under one role. */
  clearOwner(owner: FrameworkUnderRole, agents: Iterable<AgentRecord>): void {
    if (owner.filterCount === 0) return;
    for (const agent of agents) {
      for (let filter = agent.filters.get(owner); filter !== undefined; filter = filter.next)
        this.#remove(filter, true);
    }
  }

  clearAgent(agent: AgentRecord): void {
    for (const first of [...agent.filters.values()]) {
      for (let filter: Filter | undefined = first; filter !== undefined; filter = filter.next)
        this.#remove(filter, true);
    }
  }

  #remove(filter: Filter, staysInHeap: boolean): void {
    if (filter.isGone) return;
    filter.isGone = true;
    filter.owner.filterCount -= 1;
    this.count -= 1;
    this.version += 1;
    const { agent, owner, refused } = filter;
    agent.refusedAlike.delete(refused, owner.place);
    const first = agent.filters.get(owner);
    if (first === filter) {
      if (filter.next === undefined) agent.filters.delete(owner);
      else agent.filters.set(owner, filter.next);
    } else {
      let previous = first;
      while (previous !== undefined && previous.next !== filter) previous = previous.next;
      if (previous !== undefined) previous.next = filter.next;
    }
    if (!staysInHeap) return;
    this.#goneInHeap += 1;
    if (this.#goneInHeap > 1024 && this.#goneInHeap * 2 > this.#heap.length) this.#compact();
  }

  #compact(): void {
    const kept = this.#heap
      .filter((filter) => !filter.isGone)
      .sort((a, b) => (endsBefore(a, b) ? -1 : endsBefore(b, a) ? 1 : 0));
    this.#heap.length = 0;
    // A sorted array is a heap.
    for (const filter of kept) this.#heap.push(filter);
    this.#goneInHeap = 0;
  }

  #push(filter: Filter): void {
    const heap = this.#heap;
    let index = heap.push(filter) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as Filter;
      if (!endsBefore(filter, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = filter;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && endsBefore(heap[child + 1] as Filter, heap[child] as Filter)) child += 1;
      if (!endsBefore(heap[child] as Filter, last)) break;
      heap[index] = heap[child] as Filter;
      index = child;
    }
    heap[index] = last;
  }
}
