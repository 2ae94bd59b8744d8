// What the allocator refuses. All of these are mistakes of the caller: the master's books and the allocator's disagree.

/** `RESOURCES_NOT_HELD`: more is taken back, or put to use, than was given. */
export type AllocatorErrorCode =
  | 'FRAMEWORK_EXISTS'
  | 'FRAMEWORK_UNKNOWN'
  | 'AGENT_EXISTS'
  | 'AGENT_UNKNOWN'
  | 'RESOURCES_NOT_HELD'
  | 'INVALID_ARGUMENT';

/** Always a defect of the caller: what clients send has been validated before. */
export class AllocatorError extends Error {
  readonly code: AllocatorErrorCode;
  constructor(code: AllocatorErrorCode, message: string) {
    super(message);
    this.name = 'AllocatorError';
    this.code = code;
  }
}
