// The way of every request through Chronos: the route, what was thrown, the headers that all answers carry (chronos.md 8, 8.22).
// Packing, logging and unexpected errors are the common service's.
import type { HttpHandler, HttpHeaders, HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { NO_CACHE } from '../../serving/http/json-answers.ts';
import { createService } from '../../serving/http/service.ts';
import { Refusal } from '../refusals.ts';
import { HttpProblem, noSuchPath, problem, refused } from './answers.ts';
import { type ApiRequest, apiRequest } from './request.ts';
import type { Found, PathTable } from './table.ts';

/** Prefixes, as segments, and what is below; the first that fits answers. */
export type Prefixes = readonly (readonly [prefix: readonly string[], table: PathTable])[];

/** What of an answer is for the operator to say. */
export interface ServiceOptions {
  /** Pages of which origin may ask; `*` is all of them, undefined none. */
  readonly allowedOrigin: string | undefined;
  readonly compresses: boolean;
  /** A request that was answered, or not: `GET /scheduler/job/:name`. Monotonic ms. */
  readonly answered: (route: string, startMs: number, endMs: number) => void;
}

/** The handler to listen with. */
export function createChronosService(world: World, prefixes: Prefixes, options: ServiceOptions): HttpHandler {
  const log = world.log.child({ part: 'http' });
  const { allowedOrigin, compresses } = options;

  async function handle(received: HttpRequest): Promise<HttpResponse> {
    const request = apiRequest(received);
    const response = await answer(prefixes, request);
    return { ...response, headers: { ...NO_CACHE, ...corsHeaders(request, allowedOrigin), ...response.headers } };
  }

  async function answer(prefixes: Prefixes, request: ApiRequest): Promise<HttpResponse> {
    try {
      const { segments } = request;
      for (const [prefix, table] of prefixes) {
        if (!prefix.every((one, at) => one === segments[at])) continue;
        const found = table.find(request, segments.slice(prefix.length));
        return await timed(`${found.method} /${[...prefix, found.path].join('/')}`, found.answer);
      }
      throw noSuchPath();
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      if (error instanceof HttpProblem) return problem(error.code, error.message, error.headers);
      log.error('a request failed unexpectedly', { method: request.method, target: request.target, error });
      return problem(500, 'unexpected error; the log of this Chronos says more');
    }
  }

  async function timed(route: string, ask: Found['answer']): Promise<HttpResponse> {
    const startMs = world.clock.monotonicMs();
    try {
      return await ask();
    } finally {
      options.answered(route, startMs, world.clock.monotonicMs());
    }
  }

  const service = createService(world, { handle });
  return (request) => service(compresses ? request : withoutCompression(request));
}

function withoutCompression(request: HttpRequest): HttpRequest {
  const { 'accept-encoding': _, ...headers } = request.headers;
  return { ...request, headers };
}

function corsHeaders({ headers }: ApiRequest, allowed: string | undefined): HttpHeaders {
  if (allowed === undefined) return {};
  const asked = headers['access-control-request-headers'];
  return {
    'access-control-allow-origin': allowed,
    ...(allowed !== '*' && { vary: 'Origin' }),
    ...(headers['access-control-request-method'] !== undefined && {
      'access-control-allow-methods': 'GET, HEAD, OPTIONS, POST, PUT, DELETE',
      'access-control-max-age': '86400',
    }),
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
  };
}
