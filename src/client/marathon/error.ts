// What Marathon says when it does not do what it was asked to, as one typed error with a stable code.
import type { ApiError } from '../api-error.ts';

/**
 * - `unreachable`, `unavailable`, `not-found`, `forbidden`, `failed`, `unreadable`: as of ApiError.
 * - `locked`: 409, deployments hold what was to be changed; they are in `deployments`. Force cancels them.
 * - `exists`: 409 without deployments: something of that id is there.
 * - `invalid`: 400 or 422: the input is wrong; `violations` says where, if it was told.
 * - `no-such-path`: 404 for the path itself: an original Marathon is asked for what only ours has.
 * - `refused`: any other 4xx.
 */
export type MarathonErrorCode =
  | 'unreachable'
  | 'unavailable'
  | 'not-found'
  | 'no-such-path'
  | 'forbidden'
  | 'locked'
  | 'exists'
  | 'invalid'
  | 'refused'
  | 'failed'
  | 'unreadable';

/** One place of the input and everything that is wrong there; `path` as in marathon.md 1.5: `/healthChecks(0)/path`. */
export interface MarathonViolation {
  readonly path: string;
  readonly errors: readonly string[];
}

/** `message` is what Marathon said, or why nothing was said; fit for a person. */
export class MarathonError extends Error {
  override readonly name = 'MarathonError';
  readonly code: MarathonErrorCode;
  /** Base URL that was asked last. */
  readonly address: string;
  readonly status: number | undefined;
  readonly violations: readonly MarathonViolation[];
  /** Ids of the deployments in the way. */
  readonly deployments: readonly string[];
  constructor(
    code: MarathonErrorCode,
    address: string,
    message: string,
    more: ErrorOptions & {
      readonly status?: number | undefined;
      readonly violations?: readonly MarathonViolation[];
      readonly deployments?: readonly string[];
    } = {},
  ) {
    super(message, more);
    this.code = code;
    this.address = address;
    this.status = more.status;
    this.violations = more.violations ?? [];
    this.deployments = more.deployments ?? [];
  }
}

/** What an ApiError means when Marathon answered it (marathon.md 1.5). */
export function marathonError(error: ApiError): MarathonError {
  const body = jsonObject(error.said);
  const message = typeof body?.message === 'string' ? body.message : error.said || error.message;
  const deployments = ids(body?.deployments);
  const violations = violationsOf(body?.details);
  const more = { cause: error, status: error.status, violations, deployments };
  return new MarathonError(codeOf(error, body, deployments.length > 0), error.address, message, more);
}

function codeOf(error: ApiError, body: Body | undefined, isLocked: boolean): MarathonErrorCode {
  if (error.code === 'not-found') return saysWhatIsMissing(body) ? 'not-found' : 'no-such-path';
  if (error.code !== 'refused') return error.code;
  if (error.status === 409) return isLocked ? 'locked' : 'exists';
  return error.status === 400 || error.status === 422 ? 'invalid' : 'refused';
}

/** A path that is not there is answered in many ways, a thing that is not there in one. */
function saysWhatIsMissing(body: Body | undefined): boolean {
  return typeof body?.message === 'string' && !/^(URI not found|HTTP 404|Not Found)/i.test(body.message);
}

type Body = Readonly<Record<string, unknown>>;

function jsonObject(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // a proxy's page, or nothing: told as it is
  }
}

function ids(value: unknown): string[] {
  return list(value).flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
}

/** `details` is a list of violations, or the words of a parser. */
function violationsOf(value: unknown): MarathonViolation[] {
  if (typeof value === 'string') return [{ path: '/', errors: [value] }];
  return list(value).flatMap(({ path, errors }) =>
    typeof path === 'string' && Array.isArray(errors) ? [{ path, errors: errors.map(String) }] : [],
  );
}

function list(value: unknown): Body[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
