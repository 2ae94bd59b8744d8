// The answers every daemon gives, with the original's status texts and headers: a JSON body has only its Content-Type, an
// error is plain text, and a success without a body has no Content-Type at all (mesos-observed.md 1).
import type { HttpHeaders, HttpResponse } from '../../../world/net.ts';

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** 200 with an empty body. */
export function ok(): HttpResponse {
  return { status: 200 };
}

/** 200 with a body of the given type. */
export function okWith(contentType: string, body: string | Uint8Array, headers: HttpHeaders = {}): HttpResponse {
  return { status: 200, headers: { ...headers, 'content-type': contentType }, body };
}

/** A body that several answers may share. */
export interface LentBody {
  readonly bytes: Uint8Array;
  /** To be called once; the bytes may be gone afterwards. */
  readonly giveBack: () => void;
}

/** As `okWith`; gives the body back once it is sent. */
export function okWithLent(contentType: string, { bytes, giveBack }: LentBody): HttpResponse {
  return { ...okWith(contentType, bytes), onSent: giveBack };
}

/** 202 with an empty body: the call was queued. */
export function accepted(): HttpResponse {
  return { status: 202 };
}

/** 307. `location` is protocol-relative (mesos-api.md 2.7). */
export function temporaryRedirect(location: string): HttpResponse {
  return { status: 307, headers: { location } };
}

/** A refusal in plain text; an empty text is sent as an empty body. */
export function refusal(status: number, text: string, headers: HttpHeaders = {}): HttpResponse {
  return { status, headers: { ...headers, 'content-type': PLAIN_TEXT }, body: text };
}

/** 400: the request is wrong and stays wrong. */
export const badRequest = (text: string): HttpResponse => refusal(400, text);

/** 403: understood, but not from this sender. */
export const forbidden = (text = ''): HttpResponse => refusal(403, text);

/** 404: no such endpoint, file or entity. */
export const notFound = (text = '404 Not Found.'): HttpResponse => refusal(404, text);

/** 406: none of the accepted types can be given. */
export const notAcceptable = (text: string): HttpResponse => refusal(406, text);

/** 409: right in itself, but not in the present state. */
export const conflict = (text: string): HttpResponse => refusal(409, text);

/** 415: the body is of a type that is not read. */
export const unsupportedMediaType = (text: string): HttpResponse => refusal(415, text);

/** 500: it failed here, and the text says how. */
export const internalServerError = (text: string): HttpResponse => refusal(500, text);

/** 501: known, but not something this version does. */
export const notImplemented = (text = '501 Not Implemented.'): HttpResponse => refusal(501, text);

/** 503: no leader, or still recovering; try again later. */
export const serviceUnavailable = (text: string): HttpResponse => refusal(503, text);

/** 405 with `Allow` and the original's text. */
export function methodNotAllowed(allowed: readonly string[], received: string): HttpResponse {
  const expected = allowed.map((method) => `'${method}'`).join(', ');
  const text = `405 Method Not Allowed. Expecting one of { ${expected} }, but received '${received}'.`;
  return refusal(405, text, { allow: allowed.join(', ') });
}
