// The allocator and the plain one beside it. What they are told is in tell.ts; the plain one's books say what there is to
// decide about.
import {
  HierarchicalAllocator,
  type MinAllocatable,
  type OfferedResources,
} from '../../../../src/allocator/allocator.ts';
import { inCuttingOrder, ReferenceAllocator } from '../../reference/reference-allocator.ts';
import type { ReferenceBooks } from '../../reference/reference-books.ts';

const REGION = 'here';

interface TwinsOptions {
  readonly limitsBindSubroles: boolean;
  readonly weightsReachSubtrees: boolean;
  /** `random`: whom lots favour the plain one does not know, and takes our word for it. */
  readonly sorter: 'drf' | 'random';
  readonly minimum?: MinAllocatable | undefined;
  readonly lots: () => number;
}

export class Twins {
  readonly #isByLot: boolean;
  readonly weightsReachSubtrees: boolean;
  readonly ours: HierarchicalAllocator;
  readonly plain: ReferenceAllocator;
  readonly books: ReferenceBooks;
  nowMs = 0;
  isPaused = false;
  /** Agents that events ask to be looked at. */
  #pending: Set<string> | 'all' = new Set();
  #nextNumber = 100;

  constructor({ limitsBindSubroles, weightsReachSubtrees, sorter, minimum, lots }: TwinsOptions) {
    this.ours = new HierarchicalAllocator({
      limitsBindSubroles,
      weightsReachSubtrees,
      region: REGION,
      order: 'shuffled',
      shuffle: inOneOrder,
      roleSorter: sorter,
      frameworkSorter: sorter,
      random: lots,
      ...(minimum && { minAllocatable: minimum }),
    });
    this.plain = new ReferenceAllocator({ limitsBindSubroles, region: REGION, minimum });
    this.weightsReachSubtrees = weightsReachSubtrees;
    this.#isByLot = sorter === 'random';
    this.books = this.plain.books;
  }

  get isDue(): boolean {
    return this.#pending === 'all' || this.#pending.size > 0;
  }

  /** One run of each. */
  run(batch: boolean): { readonly ours: OfferedResources[]; readonly plain: OfferedResources[] } {
    const { nowMs } = this;
    const ours = this.ours.allocate(nowMs, { batch });
    if (this.isPaused) return { ours, plain: [] };
    const candidates = batch || this.#pending === 'all' ? undefined : [...this.#pending];
    this.#pending = new Set();
    if (!this.#isByLot) return { ours, plain: this.plain.run(nowMs, batch, candidates) };
    this.plain.takeOver(nowMs, batch, ours);
    return { ours, plain: ours };
  }

  /** An event asks for a look at this agent. */
  trigger(agentId: string): void {
    if (!this.isPaused && this.#pending !== 'all') this.#pending.add(agentId);
  }

  triggerAll(): void {
    if (!this.isPaused) this.#pending = 'all';
  }

  /** The agent went. */
  forget(agentId: string): void {
    if (this.#pending !== 'all') this.#pending.delete(agentId);
  }

  /** For the name of something new. */
  nextNumber(): number {
    return this.#nextNumber++;
  }
}

/** Agents by id; resources in the order in which the plain allocator cuts them. So chance decides nothing. */
function inOneOrder<T>(items: T[]): T[] {
  return items.sort((a, b) => compare(a as Sortable, b as Sortable));
}

type Sortable = Parameters<typeof inCuttingOrder>[0] | { readonly id: string };

function compare(a: Sortable, b: Sortable): number {
  if ('id' in a && 'id' in b) return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  return 'id' in a || 'id' in b ? 0 : inCuttingOrder(a, b);
}
