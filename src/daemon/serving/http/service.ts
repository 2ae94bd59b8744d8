// The way of every request through a daemon: unpack, route, turn what was thrown into an answer, pack, log. `createService`
// makes the handler that World.net.listen takes.
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { packResponse, unpackRequest } from './compression.ts';
import { HttpRefusal } from './http-refusal.ts';
import { internalServerError } from './responses.ts';
import type { Router } from './router.ts';

/** Nothing thrown by a route ends the daemon: an HttpRefusal is its own answer, anything else is logged and a 500. */
export function createService(world: World, router: Pick<Router, 'handle'>): HttpHandler {
  const log = world.log.child({ part: 'http' });
  let requests = 0;

  return async (received) => {
    const requestId = ++requests;
    const startedMs = world.clock.monotonicMs();
    const response = await answer(received, requestId);
    log.debug('request', {
      requestId,
      from: received.remoteAddress,
      method: received.method,
      target: received.target,
      status: response.status,
      ms: Math.round((world.clock.monotonicMs() - startedMs) * 1000) / 1000,
    });
    return response;
  };

  async function answer(received: HttpRequest, requestId: number): Promise<HttpResponse> {
    try {
      const request = unpackRequest(received);
      if (request === undefined) return internalServerError('failed to decode body');
      return await packResponse(request, await router.handle(request));
    } catch (error) {
      if (error instanceof HttpRefusal) return error.response;
      log.error('a request failed unexpectedly', {
        requestId,
        method: received.method,
        target: received.target,
        error,
      });
      return internalServerError(`Unexpected error (request ${requestId} in the log of this daemon)`);
    }
  }
}
