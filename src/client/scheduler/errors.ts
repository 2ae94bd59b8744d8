// What can go wrong between a framework and its master, as one typed error with a stable code.

/**
 * - `error-event`: the master sent ERROR and ended the stream: bad FrameworkInfo, failed over, removed. Final.
 * - `refused`: the master answered 4xx: the call or the subscription itself is wrong. Final for a subscription.
 * - `forbidden`: 401, or 403 for a subscription. Final for a subscription.
 * - `not-connected`: nothing was sent, or the master answered that it does not have us; the client subscribes again.
 * - `unknown-outcome`: the request broke; the master may have acted on it.
 * - `too-many-calls`: the queue of unsent calls is full; nothing was sent.
 * - `invalid`: the call cannot be encoded; nothing was sent.
 * - `closed`: the client was closed.
 */
export type SchedulerErrorCode =
  | 'error-event'
  | 'refused'
  | 'forbidden'
  | 'not-connected'
  | 'unknown-outcome'
  | 'too-many-calls'
  | 'invalid'
  | 'closed';

/** `message` is fit for a person; branch on `code`. */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  readonly code: SchedulerErrorCode;
  /** HTTP status of the master's answer, when there was one. */
  readonly status: number | undefined;
  constructor(code: SchedulerErrorCode, message: string, options?: ErrorOptions & { status?: number }) {
    super(message, options);
    this.code = code;
    this.status = options?.status;
  }
}

/** What became of a call. A value, not a throw: most frameworks send and go on, and read the answer from later events. */
export type CallOutcome = { readonly ok: true } | { readonly ok: false; readonly error: SchedulerError };
