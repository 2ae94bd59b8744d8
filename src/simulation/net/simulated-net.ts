// The network as one process sees it.
import {
  type ClientRequest,
  type ClientResponse,
  type ClientStream,
  type ClientUpload,
  type Listener,
  type ListenOptions,
  type Net,
  NetError,
} from '../../world/net.ts';
import type { ProcessLife } from '../core/process.ts';
import { ClientReader } from './client-stream.ts';
import { Exchange, type ExchangeReader } from './exchange.ts';
import { knock } from './knock.ts';
import { BoundListener, isAnyAddress } from './listener.ts';
import type { Network, NetworkHost } from './network.ts';

const FIRST_FREE_PORT = 20_000;
const LAST_FREE_PORT = 32_000;
const SYSTEM_CALL_MS = 0.05;
/** Nothing bounds the time of an upload; virtual hours will do. */
const UPLOAD_TIMEOUT_MS = 24 * 3_600_000;

export class SimulatedNet implements Net {
  readonly #life: ProcessLife;
  readonly #network: Network;
  readonly #host: NetworkHost;

  constructor(life: ProcessLife, network: Network, host: NetworkHost) {
    this.#life = life;
    this.#network = network;
    this.#host = host;
  }

  listen(options: ListenOptions): Promise<Listener> {
    return this.#life.perform('listen', SYSTEM_CALL_MS, () => {
      const bindAddress = this.#bindAddress(options.host);
      const port = options.port === 0 ? this.#freePort(bindAddress) : options.port;
      if (this.#host.listeners.some((other) => other.covers(bindAddress, port))) {
        throw new NetError('in-use', `${options.host}:${port} is in use`);
      }
      const bound: BoundListener = new BoundListener(this.#life, bindAddress, port, options, () => {
        const index = this.#host.listeners.indexOf(bound);
        if (index >= 0) {
          this.#host.listeners.splice(index, 1);
        }
      });
      this.#host.listeners.push(bound);
      return bound.listener;
    });
  }

  request(request: ClientRequest): Promise<ClientResponse> {
    return new Promise((resolve, reject) => {
      let head = { status: 0, headers: {} };
      const chunks: Uint8Array[] = [];
      this.#start(request, reject, false, (exchange) => ({
        head: (status, headers) => {
          head = { status, headers };
        },
        chunk: (bytes) => {
          chunks.push(bytes);
          exchange().taken(bytes.length);
        },
        end: () => resolve({ ...head, body: joinBytes(chunks) }),
        failed: reject,
      }));
    });
  }

  openStream(request: ClientRequest): Promise<ClientStream> {
    return new Promise((resolve, reject) => {
      let reader: ClientReader | undefined;
      this.#start(request, reject, true, (exchange) => ({
        head: (status, headers) => {
          reader = new ClientReader(
            this.#life,
            { status, headers },
            { close: () => exchange().close(), taken: (byteCount) => exchange().taken(byteCount) },
          );
          resolve(reader);
        },
        chunk: (bytes) => reader?.arrived(bytes),
        end: () => reader?.over(undefined),
        failed: (error) => (reader === undefined ? reject(error) : reader.over(error)),
      }));
    });
  }

  /** What is written travels when it is all written: a peer that needs the beginning before is not simulated. */
  openUpload(request: ClientRequest): ClientUpload {
    const chunks: Uint8Array[] = [];
    const answer = Promise.withResolvers<ClientResponse>();
    answer.promise.catch(() => undefined);
    let isOpen = true;
    return {
      write(chunk) {
        if (isOpen) chunks.push(chunk.slice());
      },
      bufferedBytes: 0,
      end: () => {
        if (!isOpen) return;
        isOpen = false;
        this.request({ ...request, body: joinBytes(chunks), timeoutMs: UPLOAD_TIMEOUT_MS }).then(
          answer.resolve,
          answer.reject,
        );
      },
      response: answer.promise,
      close: () => {
        isOpen = false;
        this.#life.later('upload-closed', SYSTEM_CALL_MS, () =>
          answer.reject(new NetError('broken', `${request.method} ${request.url}: closed`)),
        );
      },
    };
  }

  connect(host: string, port: number, timeoutMs: number): Promise<void> {
    return knock({ network: this.#network, life: this.#life, host: this.#host }, host, port, timeoutMs);
  }

  exchange(socketPath: string): Promise<string> {
    return this.#life.perform('exchange', SYSTEM_CALL_MS, () => {
      // No simulated program listens on Unix sockets.
      throw new NetError('refused', `nobody listens on ${socketPath}`);
    });
  }

  #start(
    request: ClientRequest,
    reject: (error: unknown) => void,
    isStream: boolean,
    makeReader: (exchange: () => Exchange) => ExchangeReader,
  ): void {
    const place = { network: this.#network, life: this.#life, host: this.#host };
    const exchange: Exchange = new Exchange(
      place,
      request,
      makeReader(() => exchange),
      isStream,
    );
    try {
      exchange.start();
    } catch (error) {
      this.#life.later('unresolved', SYSTEM_CALL_MS, () => reject(error));
    }
  }

  #bindAddress(host: string): string {
    if (isAnyAddress(host)) {
      return host;
    }
    const found = this.#network.resolve(this.#host, host);
    if (found === undefined) {
      throw new NetError('unresolved', `${host}: no address for this name`);
    }
    if (found.host !== this.#host) {
      throw new NetError('forbidden', `${host} is not an address of this machine`);
    }
    return found.address;
  }

  #freePort(bindAddress: string): number {
    const span = LAST_FREE_PORT - FIRST_FREE_PORT;
    const offset = this.#life.random.integer(span);
    for (let step = 0; step < span; step++) {
      const port = FIRST_FREE_PORT + ((offset + step) % span);
      if (!this.#host.listeners.some((other) => other.covers(bindAddress, port))) {
        return port;
      }
    }
    throw new NetError('in-use', `no free port on ${bindAddress}`);
  }
}

function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) {
    return only;
  }
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}
