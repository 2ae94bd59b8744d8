// Why the running HAProxy could not be asked, or did not do what it was told.

/**
 * - `not-running`: nobody listens on the socket.
 * - `not-allowed`: the socket is not ours to open, or its level is below admin.
 * - `no-answer`: the connection broke or nothing came in time.
 * - `refused`: HAProxy understood and would not.
 * - `unexpected`: the answer cannot be read.
 */
export type RuntimeErrorCode = 'not-running' | 'not-allowed' | 'no-answer' | 'refused' | 'unexpected';

/** What was asked and what came back, in one line. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;
  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
