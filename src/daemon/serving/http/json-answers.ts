// JSON answers of the schedulers' APIs, and who answers a path by the method it is asked with.
import type { HttpHeaders, HttpResponse } from '../../../world/net.ts';

const JSON_TYPE = 'application/json';

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: HttpHeaders = {}): HttpResponse {
  return jsonText(JSON.stringify(value), status, headers);
}

/** As `json`, of a text already made. */
export function jsonText(text: string, status = 200, headers: HttpHeaders = {}): HttpResponse {
  return { status, headers: { ...headers, 'content-type': JSON_TYPE }, body: text };
}

/** What all answers carry, so that nobody is told of yesterday's state (marathon.md 1.2). */
export const NO_CACHE: HttpHeaders = {
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
};

/** Handlers of one path by method. GET answers HEAD too; the listener leaves the body out. */
export type Methods = Readonly<Record<string, () => HttpResponse | Promise<HttpResponse>>>;

/** Calls the handler of the request's method; `notAllowed` makes the body of a 405, to which `allow` is added here. */
export function byMethod(
  method: string,
  methods: Methods,
  notAllowed: (status: number, message: string) => HttpResponse,
): HttpResponse | Promise<HttpResponse> {
  const handler = methods[method] ?? (method === 'HEAD' ? methods.GET : undefined);
  if (handler !== undefined) return handler();
  const allow = [...Object.keys(methods), ...(methods.GET ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 200, headers: { allow } };
  const answer = notAllowed(405, 'HTTP 405 Method Not Allowed');
  return { ...answer, headers: { ...answer.headers, allow } };
}
