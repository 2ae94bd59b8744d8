// A request as Chronos' routes see it. Segments are decoded one by one: task ids have everything in them, slashes too (chronos.md 8.26).
import { CodecError, parseJsonText } from '../../../mesos/codec.ts';
import type { HttpRequest } from '../../../world/net.ts';
import { badRequest, HttpProblem } from './answers.ts';

/** A request with its path in segments and its query decoded. */
export interface ApiRequest extends Pick<HttpRequest, 'method' | 'headers' | 'body' | 'target'> {
  /** `/v1/scheduler//job/a%20b/` → `['v1', 'scheduler', 'job', 'a b']`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** Never throws; a segment with a broken escape is kept as it came, and so names nothing that exists. */
export function apiRequest({ method, headers, body, target }: HttpRequest): ApiRequest {
  const [withoutFragment = ''] = target.split('#', 1);
  const at = withoutFragment.indexOf('?');
  const path = at < 0 ? withoutFragment : withoutFragment.slice(0, at);
  return {
    method,
    headers,
    body,
    target,
    segments: path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decoded),
    query: new URLSearchParams(at < 0 ? '' : withoutFragment.slice(at + 1)),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // names nothing, and is answered as such
  }
}

const utf8 = new TextDecoder();

/** The body as JSON. Throws HttpProblem 400 for none and for bad JSON, 415 for another type (chronos.md 8.23). */
export function jsonBody({ headers, body }: ApiRequest): unknown {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== undefined && !/^application\/(?:[\w.+-]+\+)?json$/.test(type))
    throw new HttpProblem(415, `application/json is expected, not ${type}`);
  const text = utf8.decode(body);
  if (text.trim() === '') throw badRequest('a JSON body is expected');
  try {
    return parseJsonText(text);
  } catch (error) {
    if (error instanceof CodecError) throw badRequest(`not JSON: ${error.message}`);
    throw error;
  }
}

/** A whole number of the query from 0 on. Throws HttpProblem 400. */
export function countOf({ query }: ApiRequest, name: string, byDefault: number): number {
  const text = query.get(name)?.trim() ?? '';
  if (text === '') return byDefault;
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`${name}: a whole number is expected, not '${text}'`);
  return Number(text);
}

/** `?dryRun=true`, or the name alone. */
export function isAsked({ query }: ApiRequest, name: string): boolean {
  const text = query.get(name);
  return text !== null && (text === '' || text.toLowerCase() === 'true');
}
