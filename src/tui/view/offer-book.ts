// Outstanding offers, what they come to for each agent and framework, and what has happened to offers lately.
import { addAmounts, type MutableAmounts, noAmounts } from './amounts.ts';
import type { OfferEvent, OfferRow } from './model.ts';

const MAX_EVENTS = 1000;
const NOTHING: Readonly<MutableAmounts> = noAmounts();

interface Sum {
  readonly amounts: MutableAmounts;
  count: number;
}

export class OfferBook {
  readonly rows = new Map<string, OfferRow>();
  /** Oldest first. */
  readonly events: OfferEvent[] = [];
  readonly total: MutableAmounts = noAmounts();
  /** Outstanding at the master beyond those in `rows`. */
  #beyond = 0;
  readonly #ofAgent = new Map<string, Sum>();
  readonly #ofFramework = new Map<string, Sum>();
  readonly #sent = new Map<string, number>();

  get outstanding(): number {
    return this.rows.size + this.#beyond;
  }

  put(row: OfferRow): void {
    this.remove(row.id);
    this.rows.set(row.id, row);
    add(this.#ofAgent, row.agentId, row.amounts);
    add(this.#ofFramework, row.frameworkId, row.amounts);
    addAmounts(this.total, row.amounts);
  }

  /** The offer, when it was there. */
  remove(id: string): OfferRow | undefined {
    const row = this.rows.get(id);
    if (row === undefined) return undefined;
    this.rows.delete(id);
    takeAway(this.#ofAgent, row.agentId, row.amounts);
    takeAway(this.#ofFramework, row.frameworkId, row.amounts);
    if (this.rows.size === 0) Object.assign(this.total, noAmounts());
    else addAmounts(this.total, row.amounts, -1);
    return row;
  }

  replace(rows: Iterable<OfferRow>, total: number): void {
    this.rows.clear();
    this.#ofAgent.clear();
    this.#ofFramework.clear();
    Object.assign(this.total, noAmounts());
    for (const row of rows) this.put(row);
    this.#beyond = Math.max(0, total - this.rows.size);
  }

  happened(event: OfferEvent): void {
    this.events.push(event);
    if (this.events.length > MAX_EVENTS) this.events.shift();
    if (event.kind === 'offered') this.#sent.set(event.frameworkId, this.sentTo(event.frameworkId) + 1);
  }

  ofAgent(id: string): Readonly<MutableAmounts> {
    return this.#ofAgent.get(id)?.amounts ?? NOTHING;
  }

  ofFramework(id: string): Readonly<MutableAmounts> {
    return this.#ofFramework.get(id)?.amounts ?? NOTHING;
  }

  /** `offered` events seen. */
  sentTo(frameworkId: string): number {
    return this.#sent.get(frameworkId) ?? 0;
  }

  forgetFramework(id: string): void {
    this.#sent.delete(id);
  }
}

function add(sums: Map<string, Sum>, id: string, amounts: Readonly<MutableAmounts>): void {
  let sum = sums.get(id);
  if (sum === undefined) {
    sum = { amounts: noAmounts(), count: 0 };
    sums.set(id, sum);
  }
  sum.count += 1;
  addAmounts(sum.amounts, amounts);
}

/** The last one takes the sum with it, so that no rounding stays behind. */
function takeAway(sums: Map<string, Sum>, id: string, amounts: Readonly<MutableAmounts>): void {
  const sum = sums.get(id);
  if (sum === undefined) return;
  sum.count -= 1;
  if (sum.count === 0) sums.delete(id);
  else addAmounts(sum.amounts, amounts, -1);
}
