// HTTP as the daemons see it: requests, responses and streams, without sockets. The real Net speaks HTTP/1.1 over TCP;
// the simulated one delays, loses, duplicates and partitions the same exchanges.

/** Header names in lower case. A header that came several times is joined by ", ". */
export type HttpHeaders = Readonly<Record<string, string>>;

/** One request as it arrived, whole. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as received, undecoded (`/state?jsonp=f`). An absolute-form target has been cut to this. */
  readonly target: string;
  readonly headers: HttpHeaders;
  /** The whole body; empty when there was none. Never longer than the listener's `maxBodyBytes`. */
  readonly body: Uint8Array;
  /** The body while it is still coming, where the listener's `streamsBody` asked for it; then `body` is empty. */
  readonly stream?: RequestStream;
  /** IP address of the peer. */
  readonly remoteAddress: string;
}

/** A request body that goes on. What is not read is held back at the sender's; nothing bounds its length or time. */
export interface RequestStream {
  /** At most one reader. Chunks that arrived before it was set are delivered first, in order. */
  onChunk(fn: (chunk: Uint8Array) => void): void;
  /** Called once: `isWhole` when the body ended properly, false when the connection broke. */
  onEnd(fn: (isWhole: boolean) => void): void;
  /** Stops the flow from the peer until `resume`. */
  pause(): void;
  resume(): void;
}

/** What a handler answers. */
export interface HttpResponse {
  readonly status: number;
  readonly headers?: HttpHeaders;
  /** Text is sent as UTF-8. Content-Length, Date and Transfer-Encoding are the listener's business. */
  readonly body?: string | Uint8Array | StreamingBody;
  /** Called when the body is not needed any more: it was sent, or its client is gone. Whoever drops a response need not. */
  readonly onSent?: () => void;
}

/** A response body that goes on: `start` gets the writer once the head is on its way. */
export interface StreamingBody {
  readonly start: (writer: StreamWriter) => void;
}

/** A body that goes on. Nothing bounds it but the writer's own look at `bufferedBytes`. */
export interface StreamWriter {
  /** Each call becomes exactly one HTTP chunk (mesos-observed.md 32). Ignored once closed. */
  write(chunk: string | Uint8Array): void;
  /** Bytes accepted but not yet taken by the peer; a writer that lets this grow must cut the peer off. */
  readonly bufferedBytes: number;
  readonly isOpen: boolean;
  /** Ends the body properly. */
  end(): void;
  /** Breaks the connection. */
  abort(): void;
  /** Called once, when the stream is over for whatever reason, also after `end` and `abort`. */
  onClose(fn: () => void): void;
}

/** Answers one request. A throw is answered with 500 and logged; it never ends the listener. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** `host`: address to bind to, or a name that is looked up. */
export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly handler: HttpHandler;
  /** A longer body is answered with 413 without reading it all. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** Of large bodies that are on their way at once; whose would be more is answered 503. Default 256 MiB. */
  readonly maxBodiesBytes?: number;
  /** Which requests are handled while their body is still coming. Default: none. */
  readonly streamsBody?: (head: Pick<HttpRequest, 'method' | 'target' | 'headers'>) => boolean;
}

/** `port` is the real one, also when 0 was asked for. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Stops accepting, breaks what is open, resolves when the port is free again. */
  close(): Promise<void>;
}

/** One request to send. */
export interface ClientRequest {
  readonly method: string;
  /** Absolute, `http://host:port/path` or `https://…`. Redirects are not followed. */
  readonly url: string;
  /** (https) Any certificate will do, as for health checks of services with certificates of their own making. */
  readonly insecureTls?: boolean;
  readonly headers?: HttpHeaders;
  readonly body?: string | Uint8Array;
  /** Time until the response head is there (and for `request` the body too). Default 30 s. */
  readonly timeoutMs?: number;
  /** (openStream) Time until there is a connection, as part of `timeoutMs`. Default: no limit of its own. */
  readonly connectTimeoutMs?: number;
}

/** Any status is a response, not an error. */
export interface ClientResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

/** A response whose head is there and whose body goes on. */
export interface ClientStream {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** At most one reader. Chunks that arrived before it was set are delivered first, in order. */
  onChunk(fn: (chunk: Uint8Array) => void): void;
  /** Called once: without an error when the body ended properly, with one when the connection broke. Not after close(). */
  onEnd(fn: (error: NetError | undefined) => void): void;
  /** Stops the flow from the peer until `resume`; for readers that write slower than they read. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** A request whose body goes on; its answer may come before the body has ended. */
export interface ClientUpload {
  /** Ignored once it is ended, answered or broken. */
  write(chunk: Uint8Array): void;
  /** Bytes written and not yet taken by the peer; a writer that lets this grow must stop or give up. */
  readonly bufferedBytes: number;
  /** Ends the body properly. */
  end(): void;
  /** Rejects with NetError when there is no complete answer. Nothing but `close` bounds the time. */
  readonly response: Promise<ClientResponse>;
  /** Breaks the connection. */
  close(): void;
}

/** HTTP, both sides; of TCP below it only whether there is somebody. Listeners speak no TLS. */
export interface Net {
  listen(options: ListenOptions): Promise<Listener>;
  /** One exchange, connection reused where possible. Throws NetError when there is no complete response. */
  request(request: ClientRequest): Promise<ClientResponse>;
  /** An exchange whose response body goes on, on a connection of its own; there is no time limit on the body. */
  openStream(request: ClientRequest): Promise<ClientStream>;
  /** An exchange whose request body goes on, on a connection of its own. `body` and `timeoutMs` are not looked at. */
  openUpload(request: ClientRequest): ClientUpload;
  /**
   * Opens a TCP connection and closes it again without a word: resolves when it was accepted, throws NetError (`refused`,
   * `unresolved`, `timeout`) when not. `host` is an address (IPv6 without brackets) or a name.
   */
  connect(host: string, port: number, timeoutMs: number): Promise<void>;
  /**
   * Says `text` to a Unix socket, ends its own side, and resolves with all that the peer says until it ends too: one question
   * to a control socket. Throws NetError: `refused` when nobody listens there, `forbidden` when it is not ours to ask,
   * `timeout` when the peer has not ended in time, `too-large` when it says more than `maxBytes` (UTF-8).
   */
  exchange(socketPath: string, text: string, limits: ExchangeLimits): Promise<string>;
}

/** Of one question on a Unix socket. */
export interface ExchangeLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/**
 * No (complete) response.
 * - `refused`: nobody listens there; the request was certainly not seen.
 * - `unresolved`: the host name has no address.
 * - `broken`: the connection broke; the request may have been acted on. Also a TLS handshake that failed, for one because
 *   of the certificate.
 * - `timeout`: no response in time; the request may have been acted on.
 * - `in-use`: (listen) the address is taken. `forbidden`: (listen) not ours to take, (exchange) not ours to ask.
 * - `too-large`: the response body is over the limit.
 */
export type NetErrorCode = 'refused' | 'unresolved' | 'broken' | 'timeout' | 'in-use' | 'forbidden' | 'too-large';

/** No complete response, or no port to listen on; `code` says how far it came. */
export class NetError extends Error {
  override readonly name = 'NetError';
  readonly code: NetErrorCode;
  constructor(code: NetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
