// Who refused the very same thing of an agent, one bit for each. Frameworks refuse what they were offered, which is mostly all
// that is free: a run over agents that everybody refused reads these bits instead of looking up every filter.
import type { Resources } from '../mesos/resources.ts';

/** Of one agent. A hint: who is in it has a filter in force that hides this, who is not in it may have one too. */
export class RefusedAlike {
  /** What was refused last; the same object, not only the same contents. */
  #refused: Resources | undefined;
  /** 32 places in each. */
  #bits: number[] = [];

  has(offer: Resources, place: number): boolean {
    return offer === this.#refused && ((this.#bits[place >>> 5] ?? 0) & (1 << (place & 31))) !== 0;
  }

  /** A filter came into force. Who refused something else before is forgotten. */
  add(refused: Resources, place: number): void {
    if (refused !== this.#refused) {
      this.#refused = refused;
      this.#bits = [];
    }
    while (this.#bits.length <= place >>> 5) this.#bits.push(0);
    this.#bits[place >>> 5] = (this.#bits[place >>> 5] ?? 0) | (1 << (place & 31));
  }

  /** The filter went. */
  delete(refused: Resources, place: number): void {
    const bits = this.#bits[place >>> 5];
    if (refused === this.#refused && bits !== undefined) this.#bits[place >>> 5] = bits & ~(1 << (place & 31));
  }
}

/** Small numbers, each given out once at a time. */
export class Places {
  readonly #free: number[] = [];
  #next = 0;

  take(): number {
    const place = this.#free.pop() ?? this.#next;
    if (place === this.#next) this.#next += 1;
    return place;
  }

  /** Whoever had it is in no RefusedAlike any more. */
  giveBack(place: number): void {
    this.#free.push(place);
  }
}
