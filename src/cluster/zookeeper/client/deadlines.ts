// Operations in the order in which they were asked, so that those without an answer can be given up (trap 5). All have the
// same patience, so the oldest is the next to give up, and one look now and then does for all.

/** An operation as its deadline sees it. */
export interface Dated {
  readonly isSettled: boolean;
  giveUp(): void;
}

/** One for each session. */
export class Deadlines {
  #entries: { readonly atMs: number; readonly operation: Dated }[] = [];

  /** `atMs` never before that of an earlier one. */
  add(atMs: number, operation: Dated): void {
    this.#entries.push({ atMs, operation });
  }

  /** Gives up what is due. */
  tick(nowMs: number): void {
    const open = this.#entries.findIndex(({ atMs, operation }) => atMs > nowMs && !operation.isSettled);
    const done = this.#entries.splice(0, open === -1 ? this.#entries.length : open);
    for (const { operation } of done) if (!operation.isSettled) operation.giveUp();
  }
}
