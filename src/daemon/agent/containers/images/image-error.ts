// Why an image cannot be had.

/**
 * `tool`: a program that reads images is not installed. `invalid`: no such name. `missing`, `unreadable`: as they say.
 * `foreign`: for another machine. `stalled`: nothing came for too long. `cancelled`: nobody wants it any more.
 * `login`: what is to be said to the registry cannot be understood.
 */
export type ImageErrorCode =
  | 'tool'
  | 'invalid'
  | 'missing'
  | 'unreadable'
  | 'foreign'
  | 'stalled'
  | 'cancelled'
  | 'login';

/** The message goes into the task's status; it never has anything of a login in it. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: ImageErrorCode;
  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
