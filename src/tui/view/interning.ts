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
  readonly #known = new Map<string, MutableAmounts>();

  of(amounts: Readonly<MutableAmounts>): MutableAmounts {
    const { cpus, memMb, diskMb, gpus } = amounts;
    const key = `${cpus},${memMb},${diskMb},${gpus}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    const shared = { cpus, memMb, diskMb, gpus };
    this.#known.set(key, shared);
    return shared;
  }
}
