// The way of every request through Marathon: limits and CORS, the route, what was thrown, the headers that all answers
// carry (marathon.md 1.1–1.5). Packing, logging and unexpected errors are the common service's.
import type { HttpHandler, HttpHeaders, HttpResponse } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { createService } from '../../serving/http/service.ts';
import type { Counters } from '../metrics/counters.ts';
import { notFound, Refusal } from '../refusals.ts';
import { refused } from './answers.ts';
import { type ApiRequest, apiRequest } from './request.ts';

/** Answers a path and all below it; `rest` is what follows the path it stands at. */
export type Resource = (request: ApiRequest, rest: readonly string[]) => HttpResponse | Promise<HttpResponse>;

/** Paths without leading slash → who answers; the longest that fits is asked, `''` is the path `/` alone. */
export type Resources = Readonly<Record<string, Resource>>;

/** `leader`: our own URL. */
export interface ServiceOptions {
  readonly leader: () => string;
  readonly maxConcurrentRequests: number | undefined;
  readonly allowedOrigins: readonly string[];
  readonly compresses: boolean;
  /** `http.requests.size` and `http.responses.size` (marathon.md 22). */
  readonly counters: Counters;
}

const NO_CACHE: HttpHeaders = {
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
};

/** The handler to listen with. */
export function createMarathonService(world: World, resources: Resources, options: ServiceOptions): HttpHandler {
  const log = world.log.child({ part: 'http' });
  let active = 0;
  const table = new Map(Object.entries(resources));

  async function handle(received: Parameters<HttpHandler>[0]): Promise<HttpResponse> {
    if (options.maxConcurrentRequests !== undefined && active >= options.maxConcurrentRequests) {
      return text(503, `Too many concurrent requests! Allowed: ${options.maxConcurrentRequests}.`);
    }
    active += 1;
    options.counters.add('http.requests.size.counter.bytes', received.body.length);
    try {
      const request = apiRequest(received);
      const response = await answer(table, request, log);
      const headers = {
        ...NO_CACHE,
        'x-marathon-leader': options.leader(),
        ...corsHeaders(request, options.allowedOrigins),
        ...response.headers,
      };
      const { body } = response;
      const size = typeof body === 'string' || body instanceof Uint8Array ? body.length : 0;
      options.counters.add('http.responses.size.counter.bytes', size);
      return { ...response, headers };
    } finally {
      active -= 1;
    }
  }

  const service = createService(world, { handle });
  if (options.compresses) return service;
  return (request) => {
    const { 'accept-encoding': _, ...headers } = request.headers;
    return service({ ...request, headers });
  };
}

async function answer(
  table: ReadonlyMap<string, Resource>,
  request: ApiRequest,
  log: World['log'],
): Promise<HttpResponse> {
  try {
    const { segments } = request;
    for (let length = segments.length; length >= 0; length--) {
      const resource = table.get(segments.slice(0, length).join('/'));
      if (resource !== undefined && (length > 0 || segments.length === 0))
        return await resource(request, segments.slice(length));
    }
    throw notFound('URI not found');
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    log.error('a request failed unexpectedly', { method: request.method, target: request.target, error });
    return refused(new Refusal(500, 'Unexpected error; the log of this Marathon says more'));
  }
}

function corsHeaders(request: ApiRequest, allowed: readonly string[]): HttpHeaders {
  const { origin } = request.headers;
  if (origin === undefined || !(allowed.includes(origin) || allowed.includes('*'))) return {};
  const asked = request.headers['access-control-request-headers'];
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE',
    'access-control-max-age': '86400',
    vary: 'Origin',
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
  };
}

function text(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
