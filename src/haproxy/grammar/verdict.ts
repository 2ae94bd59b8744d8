// What a grammar says to a label's text.

/** The value, or in a few words what is wrong with the text; the words never repeat the text itself. */
export type Verdict<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** The text fits, and means this. */
export function fine<T>(value: T): Verdict<T> {
  return { ok: true, value };
}

/** The text does not fit; `why` says what would, and goes on after the label's name: `must be …`. */
export function wrong(why: string): Verdict<never> {
  return { ok: false, why };
}
