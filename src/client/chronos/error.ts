// What Chronos says when it does not do what it was asked to, as one typed error with a stable code.
import type { ApiError } from '../api-error.ts';

/**
 * - `unreachable`, `unavailable`, `forbidden`, `failed`, `unreadable`: as of ApiError.
 * - `unknown-job`: 400 that says so (chronos.md 22.16). `no-such-path`: 404, or 405: another Chronos than ours is asked for what only ours has.
 * - `conflict`: 409: it is queued already, or others depend on it.
 * - `invalid`: any other 400. `refused`: any other 4xx.
 */
export type ChronosErrorCode =
  | 'unreachable'
  | 'unavailable'
  | 'unknown-job'
  | 'no-such-path'
  | 'forbidden'
  | 'conflict'
  | 'invalid'
  | 'refused'
  | 'failed'
  | 'unreadable';

/** `message` is what Chronos said, or why nothing was said; fit for a person. */
export class ChronosError extends Error {
  override readonly name = 'ChronosError';
  readonly code: ChronosErrorCode;
  /** Base URL that was asked last. */
  readonly address: string;
  constructor(code: ChronosErrorCode, address: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.address = address;
  }
}

/** What an ApiError means when Chronos answered it (chronos.md 8.22). */
export function chronosError(error: ApiError): ChronosError {
  const said = saidOf(error.said);
  return new ChronosError(codeOf(error, said), error.address, said ?? error.message, { cause: error });
}

function codeOf({ code, status }: ApiError, said: string | undefined): ChronosErrorCode {
  if (code === 'not-found' || status === 405) return 'no-such-path';
  if (code !== 'refused') return code;
  if (status === 409) return 'conflict';
  if (status !== 400) return 'refused';
  return /\bnot found\b/i.test(said ?? '') ? 'unknown-job' : 'invalid';
}

/** Of the original the first line: what follows is a stack trace. */
function saidOf(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const message: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'message') : undefined;
    return typeof message === 'string' ? message.split('\n', 1)[0] : undefined;
  } catch {
    return body === '' ? undefined : body.split('\n', 1)[0]; // 2.x answers plain text
  }
}
