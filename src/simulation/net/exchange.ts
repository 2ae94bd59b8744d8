// One HTTP exchange from the client's side: the way there, what may go wrong with it, the answer back.

import type { ClientRequest, HttpHeaders, HttpRequest } from '../../world/net.ts';
import { NetError, type NetErrorCode } from '../../world/net.ts';
import type { ScheduledEvent } from '../core/event-queue.ts';
import type { ProcessLife } from '../core/process.ts';
import { utf8 } from '../core/utf8.ts';
import { Connection } from './connection.ts';
import type { BoundListener } from './listener.ts';
import type { Network, NetworkHost } from './network.ts';
import type { Responder } from './responder.ts';

/** What the exchange tells its caller; all of it happens in the caller's process. */
export interface ExchangeReader {
  head(status: number, headers: HttpHeaders): void;
  chunk(bytes: Uint8Array): void;
  end(): void;
  /** No (complete) answer. Called at most once and nothing comes after it. */
  failed(error: NetError): void;
}

export interface ExchangePlace {
  readonly network: Network;
  readonly life: ProcessLife;
  readonly host: NetworkHost;
}

/** What chance has in store for one exchange. */
type Fate = 'sound' | 'request-lost' | 'response-lost' | 'duplicated';

const DEFAULT_TIMEOUT_MS = 30_000;

export class Exchange {
  readonly #place: ExchangePlace;
  readonly #request: ClientRequest;
  readonly #reader: ExchangeReader;
  readonly #isStream: boolean;
  #connection: Connection | undefined;
  #timeout: ScheduledEvent | undefined;
  #isOver = false;
  #unreadBytes = 0;

  constructor(place: ExchangePlace, request: ClientRequest, reader: ExchangeReader, isStream: boolean) {
    this.#place = place;
    this.#request = request;
    this.#reader = reader;
    this.#isStream = isStream;
  }

  /** Sends the request. Throws NetError `unresolved` when nothing has that name. */
  start(): void {
    const { network, life, host } = this.#place;
    if (!life.isAlive) {
      return;
    }
    const url = new URL(this.#request.url);
    const found = network.resolve(host, url.hostname.replace(/^\[|\]$/g, ''));
    if (found === undefined) {
      throw new NetError('unresolved', `${url.hostname}: no address for this name`);
    }
    network.counts.requests++;
    this.#timeout = life.later('timeout', this.#request.timeoutMs ?? DEFAULT_TIMEOUT_MS, () =>
      this.#fail('timeout', `${this.#describe()}: no answer in time`),
    );
    const target = { host: found.host, address: found.address, port: Number(url.port || (this.#isTls ? '443' : '80')) };
    const fate = found.host === host ? 'sound' : this.#drawFate();
    const isWayBlocked = network.isBlocked(host, target.host);
    // Without a way back there is no new connection; an idle one kept from before still carries a request there.
    const isReused = !network.isBlocked(target.host, host) || network.random.chance(0.5);
    if (isWayBlocked || !isReused) {
      this.#failToConnect();
      return;
    }
    if (fate === 'request-lost') {
      network.counts.requestsLost++;
      if (network.random.chance(0.5)) {
        life.later('request-lost', network.delayMs(host, target.host), () =>
          this.#fail('broken', `${this.#describe()}: connection reset`),
        );
      }
      return;
    }
    const request = this.#wireRequest(url, found.address);
    this.#travel(target, () => this.#arrive(target, request, fate));
    if (fate === 'duplicated' && !this.#isTls) {
      network.counts.duplicates++;
      const laterMs = network.random.float() * network.conditions.duplicateWithinMs;
      network.engine.schedule('duplicate', laterMs, () =>
        this.#travel(target, () => this.#arriveAgain(target, request)),
      );
    }
  }

  /** In vain until the caller's patience for that is over, if there is a limit of its own. */
  #failToConnect(): void {
    const { connectTimeoutMs } = this.#request;
    if (connectTimeoutMs === undefined) {
      return;
    }
    this.#place.life.later('no-connection', connectTimeoutMs, () =>
      this.#fail('timeout', `${this.#describe()}: no connection in time`),
    );
  }

  /** The caller has no more interest. */
  close(): void {
    this.#isOver = true;
    this.#connection?.close('client');
  }

  /** The caller's reader took so many bytes. */
  taken(byteCount: number): void {
    this.#unreadBytes -= byteCount;
  }

  #drawFate(): Fate {
    const { loseRequestChance, loseResponseChance, duplicateChance } = this.#place.network.conditions;
    const draw = this.#place.network.random.float();
    if (draw < loseRequestChance) {
      return 'request-lost';
    }
    if (draw < loseRequestChance + loseResponseChance) {
      return 'response-lost';
    }
    const isDuplicated = draw < loseRequestChance + loseResponseChance + duplicateChance;
    return isDuplicated && !this.#isStream ? 'duplicated' : 'sound';
  }

  #travel(target: { readonly host: NetworkHost }, arrive: () => void): void {
    const { network, host } = this.#place;
    network.engine.schedule('request', network.delayMs(host, target.host), arrive);
  }

  #arrive(target: Target, request: HttpRequest, fate: Fate): void {
    const { network, life, host } = this.#place;
    if (this.#isOver || !target.host.isUp || !life.isAlive) {
      return;
    }
    const listener = findListener(target);
    if (listener === undefined) {
      life.later('refused', network.delayMs(target.host, host), () =>
        this.#fail('refused', `${this.#describe()}: connection refused`),
      );
      return;
    }
    if (listener.life.stoppedUntilMs > network.engine.nowMs) {
      const waitMs = listener.life.stoppedUntilMs - network.engine.nowMs;
      network.engine.schedule('request', waitMs, () => this.#arrive(target, request, fate));
      return;
    }
    if (this.#isTls) {
      life.later('no-tls', network.delayMs(target.host, host), () =>
        this.#fail('broken', `${this.#describe()}: the peer speaks no TLS`),
      );
      return;
    }
    const connection = new Connection(network, { life, host }, { life: listener.life, host: target.host });
    this.#connection = connection;
    connection.onBroken('client', (reason) => this.#fail('broken', `${this.#describe()}: ${reason}`));
    if (this.#isStream && target.host !== host) {
      this.#endSomeTime(connection);
    }
    network.engine.fingerprint.addLabel(request.target);
    network.engine.fingerprint.addBytes(request.body);
    listener.serve(request, this.#responder(connection, fate));
  }

  /** The same request once more, on a connection whose answers nobody reads. */
  #arriveAgain(target: Target, request: HttpRequest): void {
    const listener = target.host.isUp ? findListener(target) : undefined;
    if (listener === undefined) {
      return;
    }
    let isOpen = true;
    const brokenReaders: (() => void)[] = [];
    const close = () => {
      isOpen = false;
    };
    listener.serve(request, {
      get isOpen() {
        return isOpen;
      },
      bufferedBytes: 0,
      head: () => {
        listener.life.later('duplicate-gone', 1, () => {
          isOpen = false;
          for (const fn of brokenReaders) {
            fn();
          }
        });
      },
      chunk: () => undefined,
      end: close,
      abort: close,
      onBroken: (fn) => brokenReaders.push(fn),
    });
  }

  #endSomeTime(connection: Connection): void {
    const { network } = this.#place;
    const { streamLifeMs } = network.conditions;
    if (Number.isFinite(streamLifeMs)) {
      const lifeMs = -Math.log(1 - network.random.float()) * streamLifeMs;
      network.engine.schedule('stream-cut', lifeMs, () => {
        if (connection.isOpen('client') && connection.isOpen('server')) {
          network.counts.streamsBroken++;
          connection.cut();
        }
      });
    }
  }

  #responder(connection: Connection, fate: Fate): Responder {
    const { network } = this.#place;
    const exchange = this;
    return {
      get isOpen() {
        return connection.isOpen('server');
      },
      get bufferedBytes() {
        return exchange.#unreadBytes;
      },
      head: (status, headers) => {
        if (fate === 'response-lost') {
          network.counts.responsesLost++;
          connection.cut();
          return;
        }
        connection.send('server', 'response', () => this.#headArrived(status, headers));
      },
      chunk: (bytes) => this.#sendChunk(connection, bytes),
      end: () => {
        connection.send('server', 'end', () => {
          connection.finish();
          this.#ended();
        });
      },
      abort: () => connection.close('server'),
      onBroken: (fn) => connection.onBroken('server', fn),
    };
  }

  #sendChunk(connection: Connection, bytes: Uint8Array): void {
    const { network } = this.#place;
    this.#unreadBytes += bytes.length;
    network.engine.fingerprint.addBytes(bytes);
    if (bytes.length > 1 && network.random.chance(network.conditions.splitChance)) {
      const at = 1 + network.random.integer(bytes.length - 1);
      connection.send('server', 'chunk', () => this.#chunkArrived(bytes.subarray(0, at)));
      connection.send('server', 'chunk', () => this.#chunkArrived(bytes.subarray(at)));
    } else {
      connection.send('server', 'chunk', () => this.#chunkArrived(bytes));
    }
  }

  #headArrived(status: number, headers: HttpHeaders): void {
    if (!this.#isOver) {
      if (this.#isStream) {
        this.#stopTimeout();
      }
      this.#reader.head(status, headers);
    }
  }

  #chunkArrived(bytes: Uint8Array): void {
    if (!this.#isOver) {
      this.#reader.chunk(bytes);
    }
  }

  #ended(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#stopTimeout();
      this.#reader.end();
    }
  }

  #stopTimeout(): void {
    if (this.#timeout !== undefined) {
      this.#timeout.isCancelled = true;
    }
  }

  #fail(code: NetErrorCode, message: string): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#stopTimeout();
      this.#connection?.close('client');
      this.#reader.failed(new NetError(code, message));
    }
  }

  #wireRequest(url: URL, targetAddress: string): HttpRequest {
    const { method, body, headers = {} } = this.#request;
    const bytes = typeof body === 'string' ? utf8(body) : (body ?? new Uint8Array(0)).slice();
    const wireHeaders: Record<string, string> = { host: url.host };
    if (bytes.length > 0) {
      wireHeaders['content-length'] = String(bytes.length);
    }
    for (const [name, value] of Object.entries(headers)) {
      wireHeaders[name.toLowerCase()] = value;
    }
    return {
      method,
      target: rawTarget(this.#request.url),
      headers: wireHeaders,
      body: bytes,
      remoteAddress: targetAddress.startsWith('127.') ? '127.0.0.1' : this.#place.host.address,
    };
  }

  /** Nobody here answers that: listeners of a World speak no TLS. */
  get #isTls(): boolean {
    return /^https:/i.test(this.#request.url);
  }

  #describe(): string {
    return `${this.#request.method} ${this.#request.url}`;
  }
}

interface Target {
  readonly host: NetworkHost;
  readonly address: string;
  readonly port: number;
}

function findListener(target: Target): BoundListener | undefined {
  return target.host.listeners.find((listener) => listener.covers(target.address, target.port));
}

/** Path and query as written: URL would tidy them up, the wire does not. */
function rawTarget(url: string): string {
  const target = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#.*$/, '');
  return target.startsWith('/') ? target : `/${target}`;
}
