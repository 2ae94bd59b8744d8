// What is wrong with a resource: text that does not parse, a message that breaks mesos-api.md 14.4, formats that disagree.

export type ResourcesErrorCode = 'RESOURCES_TEXT' | 'RESOURCES_INVALID' | 'RESERVATION_FORMAT';

/** `message` is in the original's words where they are known; it is shown to frameworks and operators. */
export class ResourcesError extends Error {
  readonly code: ResourcesErrorCode;
  constructor(code: ResourcesErrorCode, message: string) {
    super(message);
    this.name = 'ResourcesError';
    this.code = code;
  }
}
