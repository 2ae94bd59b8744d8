// How a scheduler ends that does not go on: the original Marathon's codes (marathon.md 20.2), which Chronos shares.

/** Codes of the process. */
export const EXIT = {
  /** The state could not be read or written. */
  state: 1,
  leadershipLost: 103,
  leadershipGivenUp: 105,
  schedulerError: 106,
  cannotStart: 107,
  frameworkIdMissing: 108,
  frameworkRemoved: 110,
} as const;

/** What another term, here or elsewhere, does not cure. */
export const FATAL_EXITS: ReadonlySet<number> = new Set([
  EXIT.cannotStart,
  EXIT.frameworkIdMissing,
  EXIT.frameworkRemoved,
]);
