// One copy of what many rows say: names, roles, states, messages and amounts of fifty thousand tasks are few different ones.
import type { MutableAmounts } from './amounts.ts';

/** Beyond this many everything is forgotten, so that messages that are all different do not pile up. */
const MAX_KNOWN = 20_000;
/** Longer texts are hardly ever the same. */
const MAX_LENGTH = 300;

/** A text that is equal to the one given, the same object for the same text. */
export class Texts {
  readonly #known = new Map<string, string>();

  of(text: string): string {
    if (text.length > MAX_LENGTH) return text;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(text, text);
    return text;
  }
}

/** Amounts shared between rows: nobody may change them in place. */
export class SharedAmounts {
  /** By cpus, then by memory. */
  readonly #known = new Map<number, Map<number, MutableAmounts[]>>();
  #count = 0;

  of({ cpus, memMb, diskMb, gpus }: Readonly<MutableAmounts>): MutableAmounts {
    const some = this.#withThese(cpus, memMb);
    const known = some.find((one) => one.diskMb === diskMb && one.gpus === gpus);
    if (known !== undefined) return known;
    const shared = { cpus, memMb, diskMb, gpus };
    some.push(shared);
    this.#count += 1;
    if (this.#count >= MAX_KNOWN) {
      this.#known.clear();
      this.#count = 0;
    }
    return shared;
  }

  #withThese(cpus: number, memMb: number): MutableAmounts[] {
    let byMemory = this.#known.get(cpus);
    if (byMemory === undefined) {
      byMemory = new Map();
      this.#known.set(cpus, byMemory);
    }
    let some = byMemory.get(memMb);
    if (some === undefined) {
      some = [];
      byMemory.set(memMb, some);
    }
    return some;
  }
}
