// Typed client of Chronos' public HTTP API (chronos.md 8), ours or the original's, for the command line and the live views.

export type {
  ChronosJob,
  ChronosRun,
  JobSummary,
  JobsPlan,
  OwnJob,
  UpcomingRun,
  WhyReason,
} from './chronos/answers.ts';
export { ChronosClient } from './chronos/client.ts';
export { ChronosError, type ChronosErrorCode } from './chronos/error.ts';
export { sandboxPlace } from './chronos/sandbox.ts';
