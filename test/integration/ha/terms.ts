// Who acted as a leader when, and whether two did at once. Pure.
import { wallClock } from './acknowledged.ts';

/** One sign that somebody acted: at some moment between the two, by the clock of who looked on. */
export interface Act {
  /** It cannot have been earlier: when it was asked for. */
  readonly fromMs: number;
  /** It cannot have been later: when it was seen. */
  readonly toMs: number;
  readonly what: string;
}

interface Term {
  readonly name: string;
  readonly member: string;
  /** Of all acts: the one that was surely over first, and the one that surely began last. */
  firstSeen: Act;
  lastAsked: Act;
  acts: number;
}

/** Remembered until the next look at them. */
const MAX_LOOSE = 100_000;

/** Acts in any order. A member acts in one term after another; whoever stops and leads again has a new one. */
export class Terms {
  readonly #terms = new Map<string, Term>();
  /** Acts of which only the member is known. */
  #loose: (Act & { readonly member: string })[] = [];
  #looseCount = 0;

  /** `term` names the member's leadership as nothing else does. */
  add(member: string, term: string, act: Act): void {
    const known = this.#terms.get(term);
    if (known === undefined) {
      this.#terms.set(term, { name: term, member, firstSeen: act, lastAsked: act, acts: 1 });
      return;
    }
    known.acts++;
    if (act.toMs < known.firstSeen.toMs) known.firstSeen = act;
    if (act.fromMs > known.lastAsked.fromMs) known.lastAsked = act;
  }

  /** An act that does not say in which of its member's terms it was. */
  addLoose(member: string, act: Act): void {
    this.#looseCount++;
    this.#loose.push({ ...act, member });
    if (this.#loose.length > MAX_LOOSE) this.#loose.shift();
  }

  get count(): number {
    return this.#terms.size;
  }

  get acts(): number {
    return [...this.#terms.values()].reduce((sum, { acts }) => sum + acts, this.#looseCount);
  }

  /** Pairs of terms of which neither can have ended before the other began, and acts amid the term of another, in words. */
  overlaps(): string[] {
    const terms = [...this.#terms.values()];
    const pairs = terms.flatMap((a, index) =>
      terms
        .slice(index + 1)
        .filter((b) => a.lastAsked.fromMs > b.firstSeen.toMs && b.lastAsked.fromMs > a.firstSeen.toMs)
        .map((b) => `${words(a)}, and ${words(b)}`),
    );
    const amid = this.#loose.flatMap((act) => {
      const term = terms.find(
        ({ member, firstSeen, lastAsked }) =>
          member !== act.member && act.fromMs > firstSeen.toMs && act.toMs < lastAsked.fromMs,
      );
      return term === undefined ? [] : [`${act.member}: ${act.what} at ${wallClock(act.toMs)}, and ${words(term)}`];
    });
    return [...pairs, ...amid];
  }
}

function words({ name, firstSeen, lastAsked }: Term): string {
  return `${name} acted by ${wallClock(firstSeen.toMs)} (${firstSeen.what}) and still after ${wallClock(lastAsked.fromMs)} (${lastAsked.what})`;
}
