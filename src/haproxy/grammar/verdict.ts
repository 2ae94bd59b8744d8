// What a grammar says to a label's text.

/** The value, or in a few words what is wrong with the text; the words never repeat the text itself. */
export type Verdict<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export function fine<T>(value: T): Verdict<T> {
  return { ok: true, value };
}

export function wrong(why: string): Verdict<never> {
  return { ok: false, why };
}
