// The way of every request through Marathon: limits and CORS, the route, what was thrown, the headers that all answers
// carry (marathon.md 1.1–1.5). Packing, logging and unexpected errors are the common service's.
import type { HttpHandler, HttpHeaders, HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { createService } from '../../serving/http/service.ts';
import { notFound, Refusal } from '../refusals.ts';
import { NO_CACHE, refused } from './answers.ts';
import { type ApiRequest, apiRequest } from './request.ts';
import type { Traffic } from './traffic.ts';

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
  readonly traffic: Traffic;
}

const ALWAYS: HttpHeaders = {
  ...NO_CACHE,
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
};

/** The handler to listen with. */
export function createMarathonService(world: World, resources: Resources, options: ServiceOptions): HttpHandler {
  const log = world.log.child({ part: 'http' });
  const { traffic, maxConcurrentRequests } = options;
  const table = new Map(Object.entries(resources));

  async function handle(received: HttpRequest): Promise<HttpResponse> {
    // The request itself is among those that are active.
    if (maxConcurrentRequests !== undefined && traffic.active > maxConcurrentRequests) {
      return text(503, `Too many concurrent requests! Allowed: ${maxConcurrentRequests}.`);
    }
    const request = apiRequest(received);
    const response = await answer(table, request, log);
    traffic.made(response);
    const headers = {
      ...ALWAYS,
      'x-marathon-leader': options.leader(),
      ...corsHeaders(request, options.allowedOrigins),
      ...response.headers,
    };
    return { ...response, headers };
  }

  const service = createService(world, { handle });
  return (request) => {
    const received = options.compresses ? request : withoutCompression(request);
    return traffic.measure(request, async () => service(received));
  };
}

function withoutCompression(request: HttpRequest): HttpRequest {
  const { 'accept-encoding': _, ...headers } = request.headers;
  return { ...request, headers };
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
