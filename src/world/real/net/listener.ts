// The server side of HTTP. It stands on node:http and not on a framework: routing, content types, bodies and errors are
// decided above (daemon/serving), so that a framework would bring only a router that rejects targets, methods and bodies
// which the original answers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { HttpHeaders, HttpRequest, HttpResponse, Listener, ListenOptions } from '../../net.ts';
import type { Log } from '../../world.ts';
import { listenError } from './errors.ts';
import { paceConnections } from './paced-connections.ts';
import { BodyBudget, readBody } from './request-body.ts';
import { bodyOf } from './request-stream.ts';
import { respond } from './response.ts';

const DEFAULT_MAX_BODY_BYTES = 64 * 2 ** 20;
const DEFAULT_MAX_BODIES_BYTES = 256 * 2 ** 20;
/** As the original: a longer head closes the connection (mesos-observed.md 2). */
const MAX_HEAD_BYTES = 80 * 1024;
/** Further connections are dropped, and said so. Descriptors of streams are the scarce thing. */
const MAX_CONNECTIONS = 16_000;
const BACKLOG = 4096;
/** A request must be complete within this, its head within a quarter; a trickling client is cut off. */
const REQUEST_TIMEOUT_MS = 120_000;
const HEAD_TIMEOUT_MS = 30_000;
/** Longer than clients keep an idle connection, so that it is they who end it and no request is lost in between. */
const KEEP_ALIVE_MS = 75_000;
/** After a refused body the client gets this long to stop sending and to read the answer. */
const LINGER_MS = 2_000;
/** How long the rest of a body is waited for that was answered before its end. */
const REST_OF_BODY_MS = 50;
const NOTHING = new Uint8Array(0);

/** Throws NetError `in-use`, `forbidden`, `unresolved`. */
export async function listen(options: ListenOptions, log: Log): Promise<Listener> {
  const { handler, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options;
  const budget = new BodyBudget(options.maxBodiesBytes ?? DEFAULT_MAX_BODIES_BYTES);
  const server = createServer(
    {
      requireHostHeader: false,
      noDelay: true,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: HEAD_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 5_000,
    },
    (incoming, outgoing) => void serve(incoming, outgoing),
  );
  /** Connections with a request whose body may take its time. */
  const streaming = new WeakSet<Socket>();
  const connections = paceConnections(server);
  server.maxConnections = MAX_CONNECTIONS;
  server.on('drop', () => log.warn('connection dropped: too many are open', { limit: MAX_CONNECTIONS }));
  // What is not HTTP gets no answer (mesos-observed.md 2).
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT' || !streaming.has(socket as Socket)) socket.destroy();
  });
  await startListening(server, options.host, options.port);
  server.on('error', (error) => log.error('listener error', { error: error.message }));
  const { address, port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    host: address,
    port,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        connections.close();
        server.closeAllConnections();
      });
      return closing;
    },
  };
  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    // An unhandled 'error' event would end the process; what matters of it is told by 'close'.
    outgoing.on('error', (error) => log.debug('response failed', { error: error.message }));
    const head = toHead(incoming);
    if (options.streamsBody?.(head) === true) {
      streaming.add(incoming.socket);
      const response = await answer({ ...head, body: NOTHING, stream: bodyOf(incoming) });
      streaming.delete(incoming.socket);
      if (await isReadToEnd(incoming)) respond(outgoing, response, log);
      else {
        respond(outgoing, { ...response, headers: { ...response.headers, connection: 'close' } }, log);
        lingerThenClose(incoming, incoming.socket);
      }
      return;
    }
    const body = await readBody(incoming, maxBodyBytes, budget);
    if (body === 'aborted') return;
    if (body === 'too-large' || body === 'too-much') {
      if (body === 'too-much') log.warn('a request was refused: too much is being received', { target: head.target });
      respond(outgoing, { status: body === 'too-large' ? 413 : 503, headers: { connection: 'close' } }, log);
      lingerThenClose(incoming, incoming.socket);
      return;
    }
    const answered = answer({ ...head, body: body.bytes });
    // Handlers have looked at it by now; one that takes its time keeps no others out.
    body.release();
    respond(outgoing, await answered, log);
  }

  async function answer(request: HttpRequest): Promise<HttpResponse> {
    try {
      return await handler(request);
    } catch (cause) {
      log.error('a request handler failed', {
        method: request.method,
        target: request.target,
        error: cause instanceof Error ? cause.stack : String(cause),
      });
      return { status: 500 };
    }
  }
}

function startListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => reject(listenError(cause, host, port));
    server.once('error', failed);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** Whether the rest of a body is there, or nearly: what is not read by now is dropped. */
function isReadToEnd(incoming: IncomingMessage): Promise<boolean> {
  if (incoming.complete || incoming.destroyed) return Promise.resolve(incoming.complete);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), REST_OF_BODY_MS);
    incoming.once('end', () => {
      clearTimeout(timer);
      resolve(true);
    });
    incoming.resume();
  });
}

/** Reads what the client still sends and drops it, for otherwise the closing would destroy the answer on its way. */
function lingerThenClose(incoming: IncomingMessage, socket: Socket): void {
  incoming.removeAllListeners('data');
  incoming.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function toHead(incoming: IncomingMessage): Omit<HttpRequest, 'body'> {
  return {
    method: incoming.method ?? '',
    target: originForm(incoming.url ?? '/'),
    headers: joinHeaders(incoming.rawHeaders),
    remoteAddress: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

/** `http://host:port/path` → `/path`. */
function originForm(target: string): string {
  const absolute = /^https?:\/\/[^/?#]*(.*)$/is.exec(target);
  if (absolute === null) return target;
  const rest = absolute[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function joinHeaders(raw: readonly string[]): HttpHeaders {
  // Without a prototype, since the names are the client's: `__proto__` is a header like any other.
  const headers: Record<string, string> = Object.create(null);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return headers;
}
