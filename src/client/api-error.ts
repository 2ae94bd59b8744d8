// What can go wrong when a daemon's public API is asked, as one typed error with a stable code.

/**
 * - `unreachable`: no answer could be had from any address (`cause` is the NetError).
 * - `unavailable`: 503: nobody leads, or it is still recovering; 502, 504: who was asked could not reach who leads; 307: only round in
 *   circles, as from a leader that was started again and takes what it was before for the leader still. Later may work.
 * - `refused`: 400, 409 and other 4xx: the request is wrong in this state.
 * - `not-found`: 404. `forbidden`: 401 or 403.
 * - `failed`: any other 5xx.
 * - `unreadable`: the answer is not what this API answers; perhaps something else listens there.
 */
export type ApiErrorCode =
  | 'unreachable'
  | 'unavailable'
  | 'refused'
  | 'not-found'
  | 'forbidden'
  | 'failed'
  | 'unreadable';

/** `message` is fit for a person; branch on `code`. `status` is there when some answer came. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  /** Base URL that was asked last. */
  readonly address: string;
  readonly status: number | undefined;
  /** Body of the error answer, trimmed; "" when there was none. */
  readonly said: string;
  constructor(
    code: ApiErrorCode,
    address: string,
    message: string,
    options?: ErrorOptions & { status?: number; said?: string },
  ) {
    super(message, options);
    this.code = code;
    this.address = address;
    this.status = options?.status;
    this.said = options?.said ?? '';
  }
}

/** The error that a status other than 2xx means. */
export function errorFromStatus(address: string, what: string, status: number, said: string): ApiError {
  const message = `${what} at ${address} was answered with ${status}${said === '' ? '' : `: ${said}`}`;
  return new ApiError(codeOf(status), address, message, { status, said });
}

function codeOf(status: number): ApiErrorCode {
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 307 || status === 502 || status === 503 || status === 504) return 'unavailable';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'unreadable';
}
