// Requests to one service behind one or several addresses: follows leader redirects, goes on to the next address when
// one does not answer, and turns everything else into ApiError.

import type { MessageType } from '../mesos/codec.ts';
import { CodecError, parseJson, stringify } from '../mesos/codec.ts';
import type { ClientResponse, ClientStream, HttpHeaders, Net } from '../world/net.ts';
import { NetError } from '../world/net.ts';
import { ApiError, errorFromStatus } from './api-error.ts';
import type { LeaderFinding, MasterPlaces } from './leader-source.ts';
import { MasterAddresses } from './master-addresses.ts';
import { whatItSays } from './refusal.ts';

const MAX_REDIRECTS = 5;

/** Which service is asked, and how long is waited for it. */
export interface ApiClientOptions {
  readonly net: Net;
  /** Addresses are tried in turn; a leader is asked as soon as there is one. */
  readonly addresses: MasterPlaces;
  /** Sent with every request, e.g. `authorization`. */
  readonly headers?: HttpHeaders;
  /** For one answer (for streams: its head). Default 10 s. */
  readonly timeoutMs?: number;
}

/** `path` with its query, below the base URL. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: HttpHeaders;
  readonly body?: string | Uint8Array;
}

/**
 * Remembers the address that answered. A request that may have been received is not sent again elsewhere unless
 * redirected.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #addresses: MasterAddresses;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#addresses = new MasterAddresses(options.addresses);
  }

  /** Base URL that answered last, or is tried next; the name of the election while that has named nobody. */
  get address(): string {
    return this.#addresses.name;
  }

  /** The answer if it is a 2xx; throws ApiError otherwise. */
  async request(request: ApiRequest): Promise<ClientResponse> {
    const response = await this.#exchange(request, (exchange) => this.#options.net.request(exchange));
    if (response.status >= 200 && response.status < 300) return response;
    const said = new TextDecoder().decode(response.body).trim();
    throw errorFromStatus(this.address, `${request.method} ${request.path}`, response.status, said);
  }

  /** A response whose body goes on. Throws ApiError unless it is a 200. */
  async openStream(request: ApiRequest): Promise<ClientStream> {
    const { net } = this.#options;
    const stream = await this.#exchange(
      request,
      (exchange) => net.openStream(exchange),
      (redirect) => redirect.close(),
    );
    if (stream.status === 200) return stream;
    const said = new TextDecoder().decode(await whatItSays(stream)).trim();
    throw errorFromStatus(this.address, `${request.method} ${request.path}`, stream.status, said);
  }

  /** A JSON document. */
  async getJson(path: string): Promise<unknown> {
    const response = await this.request({ method: 'GET', path, headers: { accept: 'application/json' } });
    return this.#read(path, () => JSON.parse(new TextDecoder().decode(response.body)));
  }

  /** POSTs a call message as JSON; the response message, or undefined when the answer has no body. */
  async call<C, R>(path: string, type: MessageType<C>, call: C, answer: MessageType<R>): Promise<R | undefined> {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await this.request({ method: 'POST', path, headers, body: stringify(type, call) });
    if (response.body.length === 0) return undefined;
    return this.#read(path, () => parseJson(answer, response.body));
  }

  #read<T>(path: string, parse: () => T): T {
    try {
      return parse();
    } catch (cause) {
      if (!(cause instanceof SyntaxError) && !(cause instanceof CodecError)) throw cause;
      const message = `${this.address}${path} did not answer as expected: ${cause.message}`;
      throw new ApiError('unreadable', this.address, message, { cause });
    }
  }

  async #exchange<T extends { readonly status: number; readonly headers: HttpHeaders }>(
    request: ApiRequest,
    send: (exchange: Parameters<Net['request']>[0]) => Promise<T>,
    drop: (redirect: T) => void = () => undefined,
  ): Promise<T> {
    const { headers, timeoutMs = 10_000 } = this.#options;
    let redirects = 0;
    let failures = 0;
    let wasSentWrong = false;
    for (;;) {
      const found = await this.#addresses.find(timeoutMs);
      if (found.kind !== 'found') throw noLeader(this.address, found);
      const address = found.base;
      let response: T;
      try {
        response = await send({
          method: request.method,
          url: `${address}${request.path}`,
          headers: { ...headers, ...request.headers },
          timeoutMs,
          ...(request.body !== undefined && { body: request.body }),
        });
      } catch (cause) {
        if (!(cause instanceof NetError)) throw cause;
        const mayAskAgain = this.#addresses.advance(address) && !wasSentWrong;
        if (mayAskAgain) wasSentWrong = true;
        else failures += 1;
        // A request that may have been acted on is not sent a second time elsewhere.
        const mayHaveActed = request.method !== 'GET' && (cause.code === 'broken' || cause.code === 'timeout');
        if (failures < this.#addresses.count && !mayHaveActed) continue;
        throw new ApiError('unreachable', address, `${address} cannot be reached: ${cause.message}`, { cause });
      }
      if (!isToLeader(response.status, request) || redirects === MAX_REDIRECTS) return response;
      redirects += 1;
      if (!this.#addresses.follow(response.headers.location, request.path)) return response;
      drop(response);
    }
  }
}

/** Masters send on with 307; a standby of Marathon, with 302, only who wants events (marathon.md 1.3). */
function isToLeader(status: number, { method }: ApiRequest): boolean {
  return status === 307 || (status === 302 && method === 'GET');
}

const WITHOUT_LEADER = { nobody: 'unavailable', unreachable: 'unreachable', forbidden: 'forbidden' } as const;

function noLeader(where: string, finding: Exclude<LeaderFinding, { readonly kind: 'found' }>): ApiError {
  return new ApiError(WITHOUT_LEADER[finding.kind], where, finding.message, { said: finding.message });
}
