// How a Marathon ends that does not go on (marathon.md 20.2).

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
