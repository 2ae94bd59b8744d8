// Typed client of Marathon's public HTTP API (marathon.md 2–9), ours or the original's, for the command line, the live
// views and load balancers.

export type {
  AppDefinition,
  AppInfo,
  AppTask,
  Deployment,
  GroupInfo,
  LastTaskFailure,
  MarathonInfo,
  QueueItem,
  RejectSummary,
} from './marathon/answers.ts';
export {
  type AppFilter,
  type ChangeOptions,
  type DeploymentResult,
  type KillOptions,
  MarathonClient,
} from './marathon/client.ts';
export { MarathonError, type MarathonErrorCode, type MarathonViolation } from './marathon/error.ts';
export {
  type MarathonEvent,
  type MarathonEvents,
  type MarathonEventsListener,
  openMarathonEvents,
} from './marathon/events.ts';
export type {
  ActionProgress,
  AppWhy,
  DeploymentProgress,
  InstanceMark,
  PlacementExplanation,
  PlanPreview,
  Shortfall,
  SuggestedChange,
} from './marathon/own-answers.ts';
