// Sends a request on to the leader, and what the leader answers back (marathon.md 1.3). Nothing is sent twice: 502 says
// that the leader has not seen the request, 500 that nobody knows.
import type { ClientStream, HttpRequest, HttpResponse } from '../../../../world/net.ts';
import { NetError } from '../../../../world/net.ts';
import type { World } from '../../../../world/world.ts';
import type { Duty, Office, ProxyLimits } from '../office.ts';
import { forwardedHeaders, type Hop, hasPassed, returnedHeaders } from './headers.ts';
import { Places } from './places.ts';
import { Relay } from './relay.ts';

/** What it goes by. */
export type ForwarderOffice = Pick<Office<Duty>, 'proxy' | 'refused' | 'viaHeader'>;

/** One a process. */
export class Forwarder {
  readonly #world: Pick<World, 'net' | 'clock' | 'log'>;
  readonly #options: ProxyLimits;
  readonly #refused: ForwarderOffice['refused'];
  readonly #hop: Hop;
  readonly #places: Places;

  /** `own`: our `host:port`, by which a request that comes round again is known. */
  constructor(world: Pick<World, 'net' | 'clock' | 'log'>, office: ForwarderOffice, own: string) {
    this.#world = world;
    this.#options = office.proxy;
    this.#refused = office.refused;
    this.#hop = { viaHeader: office.viaHeader, own };
    const { leaderProxyMaxOpenConnections, leaderProxyConnectionTimeoutMs } = office.proxy;
    this.#places = new Places(world.clock, leaderProxyMaxOpenConnections, leaderProxyConnectionTimeoutMs);
  }

  /** `leader`: `host:port`. */
  async forward(request: HttpRequest, leader: string): Promise<HttpResponse> {
    if (hasPassed(request, this.#hop)) return this.#refused(502, 'Detected proxying loop.');
    if (!(await this.#places.take())) {
      const limit = this.#options.leaderProxyMaxOpenConnections;
      return this.#refused(503, `Too many requests are on their way to the leader already: ${limit}`);
    }
    try {
      return this.#answer(await this.#send(request, leader));
    } catch (error) {
      this.#places.giveBack();
      return this.#failed(error, request, leader);
    }
  }

  #send(request: HttpRequest, leader: string): Promise<ClientStream> {
    const { leaderProxyConnectionTimeoutMs: connectTimeoutMs, leaderProxyReadTimeoutMs } = this.#options;
    const { method, target, body } = request;
    return this.#world.net.openStream({
      method,
      url: `http://${leader}${target}`,
      headers: forwardedHeaders(request, this.#hop),
      connectTimeoutMs,
      timeoutMs: connectTimeoutMs + leaderProxyReadTimeoutMs,
      ...(body.length > 0 && { body }),
    });
  }

  #answer(stream: ClientStream): HttpResponse {
    const { leaderProxyReadTimeoutMs: idleMs } = this.#options;
    const onOver = (): void => this.#places.giveBack();
    return {
      status: stream.status,
      headers: returnedHeaders(stream.headers, this.#hop),
      body: { start: (writer) => new Relay(stream, writer, { clock: this.#world.clock, idleMs, onOver }).start() },
    };
  }

  #failed(error: unknown, { method, target }: HttpRequest, leader: string): HttpResponse {
    if (!(error instanceof NetError)) throw error;
    this.#world.log.warn('the leader could not be asked', { leader, method, target, error });
    if (error.code === 'refused') return this.#refused(502, 'Connection to leader refused.');
    return this.#refused(500, `The leader ${leader} gave no answer: ${error.message}`);
  }
}
