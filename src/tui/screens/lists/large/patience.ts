// How long a piece of work may go on before somebody who presses keys has to wait: then it stops where it is, and goes on from there
// in a later turn.

export interface Patience {
  /** Is it time to stop for now? Asked every so many rows. */
  isOver(): boolean;
}

/** For those who need the whole answer at once: one frame for a script, data. */
export const ENDLESS: Patience = { isOver: () => false };

/** Rows that are looked at between two questions. */
export const ROWS_AT_ONCE = 256;
