// Why a deployment does not begin, or does not go on: a decision, not an accident, so that nothing was changed by it.

/**
 * - `definition`: the app's JSON does not say what a deployment needs, or says it wrong.
 * - `conflict`: what is live does not fit what was asked for: three colours, a deployment under way, labels that make no sense.
 * - `nothing`: there is no such group, or nothing to go on with.
 */
export type RefusalCode = 'definition' | 'conflict' | 'nothing';

/** `next`: what a person may do about it, a sentence each. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly why: string | undefined;
  readonly next: readonly string[];
  constructor(
    code: RefusalCode,
    what: string,
    more: { readonly why?: string; readonly next?: readonly string[] } = {},
  ) {
    super(what);
    this.code = code;
    this.why = more.why;
    this.next = more.next ?? [];
  }
}
