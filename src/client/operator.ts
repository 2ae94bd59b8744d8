// Typed clients of the master's and the agent's public HTTP APIs, for the command line, the live views and tests.
export { ApiError, type ApiErrorCode } from './api-error.ts';
export { AgentClient, sandboxPath } from './operator/agent.ts';
export { ContainerClient, type ContainerInput, type ContainerListener } from './operator/containers.ts';
export { type OperatorEvents, type OperatorEventsListener, openOperatorEvents } from './operator/events.ts';
export { type FilePiece, FilesClient, MAX_READ_BYTES, type RemoteFile } from './operator/files.ts';
export {
  type Live,
  type LiveAgent,
  type LiveListener,
  type LiveOffer,
  type LiveOfferEnd,
  type LiveQuota,
  type LiveShare,
  type LiveTopic,
  openLive,
} from './operator/live.ts';
export { MasterClient } from './operator/master.ts';
export type { RoleEntry, RoleQuotaEntry } from './operator/roles.ts';
export { openState, type StateAnswer } from './operator/state-answer.ts';
export type { TaskGlance, WholeStateListener } from './operator/whole-state.ts';
