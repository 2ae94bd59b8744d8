// What the allocator refuses. All of these are mistakes of the caller: the master's books and the allocator's disagree.

export type AllocatorErrorCode =
  | 'FRAMEWORK_EXISTS'
  | 'FRAMEWORK_UNKNOWN'
  | 'AGENT_EXISTS'
  | 'AGENT_UNKNOWN'
  | 'RESOURCES_NOT_HELD'
  | 'INVALID_ARGUMENT';

export class AllocatorError extends Error {
  readonly code: AllocatorErrorCode;
  constructor(code: AllocatorErrorCode, message: string) {
    super(message);
    this.name = 'AllocatorError';
    this.code = code;
  }
}
