// The shapes of Chronos' answers (chronos.md 8, 8.22): errors are `{"status": "Bad Request", "message": …}`, one line, no stack.
import type { HttpHeaders, HttpResponse } from '../../../world/net.ts';
import { json } from '../../serving/http/json-answers.ts';
import type { RefusalCode } from '../core.ts';
import type { Refusal } from '../refusals.ts';

/** An answer other than what was asked for, thrown from wherever it is found out. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  /** The HTTP status. */
  readonly code: number;
  readonly headers: HttpHeaders;
  constructor(status: number, message: string, headers: HttpHeaders = {}) {
    super(message);
    this.code = status;
    this.headers = headers;
  }
}

export const badRequest = (message: string): HttpProblem => new HttpProblem(400, message);
export const noSuchPath = (): HttpProblem => new HttpProblem(404, 'there is nothing at this path');

/** 204. */
export function done(): HttpResponse {
  return { status: 204 };
}

/** 200 with plain text. */
export function plain(body: string, contentType = 'text/plain; charset=utf-8'): HttpResponse {
  return { status: 200, headers: { 'content-type': contentType }, body };
}

const STATUS_OF: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  'unknown-job': 400,
  'unknown-parent': 400,
  cycle: 400,
  'already-queued': 409,
  'has-children': 409,
  'not-async': 400,
  'unknown-task': 400,
};

/** As what the core refused. */
export function refused({ code, message }: Refusal): HttpResponse {
  return problem(STATUS_OF[code], message);
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** The answer that an error is. A request that nobody can answer now may be sent again in a second (chronos.md 8.25). */
export function problem(status: number, message: string, headers: HttpHeaders = {}): HttpResponse {
  const retry: HttpHeaders = status === 503 ? { 'retry-after': '1' } : {};
  return json({ status: TITLES[status] ?? String(status), message }, status, { ...retry, ...headers });
}
