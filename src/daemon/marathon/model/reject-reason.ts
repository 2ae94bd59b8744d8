// Reasons of offers that are not used, as the queue and the explanation of placements show them.

/** Why an offer does not fit an instance, in the order of the funnel (marathon.md 7.3). */
export const REJECT_REASONS = [
  'UnfulfilledRole',
  'UnfulfilledConstraint',
  'NoCorrespondingReservationFound',
  'AgentMaintenance',
  'InsufficientCpus',
  'InsufficientMemory',
  'InsufficientDisk',
  'InsufficientGpus',
  'InsufficientPorts',
  'DeclinedScarceResources',
] as const;
/** One of them. */
export type RejectReason = (typeof REJECT_REASONS)[number];
