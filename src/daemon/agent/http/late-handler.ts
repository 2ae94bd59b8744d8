// Answers before there is anything to answer with: an agent must know its port before it can say who it is.
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../world/net.ts';
import { serviceUnavailable } from '../../serving/http/responses.ts';

/** 503 until `set` was called. */
export class LateHandler {
  #handler: HttpHandler | undefined;

  set(handler: HttpHandler): void {
    this.#handler = handler;
  }

  readonly handle = (request: HttpRequest): HttpResponse | Promise<HttpResponse> =>
    this.#handler?.(request) ?? serviceUnavailable('Agent has not finished recovery');
}
