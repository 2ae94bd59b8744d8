// Why an image cannot be had.

/** `tool`: a program that reads images is not installed. `invalid`: no such name. `missing`, `unreadable`: as they say. */
export type ImageErrorCode = 'tool' | 'invalid' | 'missing' | 'unreadable';

/** The message goes into the task's status. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: ImageErrorCode;
  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
