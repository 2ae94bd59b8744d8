// The exit codes of every command; scripts rely on them. `mctl run` alone exits with its command's own code.
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  cannotPlace: 5,
  deploymentFailed: 6,
  rolledBack: 7,
  unreachable: 8,
  notAllowed: 9,
  timedOut: 10,
  wouldChange: 11,
  interrupted: 130,
} as const;

/** One of EXIT. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
