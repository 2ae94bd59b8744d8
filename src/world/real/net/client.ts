// The client side of HTTP on undici: a pool for exchanges, a connection of its own for each stream (a second request on
// the connection of an open stream would wait behind it for ever).
import { Agent, Client, type Dispatcher } from 'undici';
import {
  type ClientRequest,
  type ClientResponse,
  type ClientStream,
  type ClientUpload,
  type HttpHeaders,
  NetError,
} from '../../net.ts';
import { SocketClientStream } from './client-stream.ts';
import { type EgressProxy, egressConnector } from './egress.ts';
import { netError } from './errors.ts';
import { startUpload } from './upload.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 256 * 2 ** 20;
/** At one host; more exchanges wait for a free connection. */
const MAX_CONNECTIONS_PER_HOST = 64;
/** Shorter than our listeners keep an idle connection. */
const KEEP_ALIVE_MS = 30_000;

/** The client half of Net. */
export interface HttpClient {
  request(request: ClientRequest): Promise<ClientResponse>;
  openStream(request: ClientRequest): Promise<ClientStream>;
  openUpload(request: ClientRequest): ClientUpload;
  close(): Promise<void>;
}

/** Keeps connections open for the next request. With `egress` they all go out through that proxy. */
export function createClient(egress?: EgressProxy): HttpClient {
  const pool = createPool(false, egress);
  let insecurePool: Agent | undefined;
  const poolFor = (request: ClientRequest): Agent => {
    if (request.insecureTls !== true) return pool;
    insecurePool ??= createPool(true, egress);
    return insecurePool;
  };
  const streams = new Set<Client>();
  return {
    request: (request) =>
      withinTime(request, async (signal, { origin, path }) => {
        const response = await poolFor(request).request({ ...toOptions(request, path), origin, signal });
        return {
          status: response.statusCode,
          headers: toHeaders(response.headers),
          body: await readWhole(response.body),
        };
      }),
    openStream: (request) =>
      withinTime(request, async (signal, { origin, path }) => {
        const { insecureTls = false, connectTimeoutMs } = request;
        const client = new Client(origin, connectionOptions(insecureTls, egress, connectTimeoutMs));
        streams.add(client);
        const forget = (): void => {
          streams.delete(client);
          void client.destroy().catch(() => undefined);
        };
        try {
          const response = await client.request({ ...toOptions(request, path), signal });
          const what = `${request.method} ${request.url}`;
          return new SocketClientStream(response.statusCode, toHeaders(response.headers), response.body, what, forget);
        } catch (cause) {
          forget();
          throw cause;
        }
      }),
    openUpload(request) {
      const { insecureTls = false, connectTimeoutMs } = request;
      const { origin, path } = splitUrl(request.url);
      const client = new Client(origin, connectionOptions(insecureTls, egress, connectTimeoutMs));
      streams.add(client);
      const forget = (): void => {
        streams.delete(client);
        void client.destroy().catch(() => undefined);
      };
      const what = `${request.method} ${request.url}`;
      return startUpload(async (body, signal) => {
        try {
          const response = await client.request({ ...toOptions(request, path), body, signal });
          return {
            status: response.statusCode,
            headers: toHeaders(response.headers),
            body: await readWhole(response.body),
          };
        } catch (cause) {
          throw netError(cause, what);
        } finally {
          forget();
        }
      });
    },
    async close() {
      await Promise.all([pool.destroy(), insecurePool?.destroy(), ...[...streams].map((client) => client.destroy())]);
    },
  };
}

/** A connection is kept for one kind of trust only, so that what skipped the certificate never serves who did not. */
function createPool(insecureTls: boolean, egress: EgressProxy | undefined): Agent {
  return new Agent({
    connections: MAX_CONNECTIONS_PER_HOST,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    ...connectionOptions(insecureTls, egress),
  });
}

/** Deadlines are ours, one for the exchange; only a connection may have an earlier one. */
function connectionOptions(
  insecureTls: boolean,
  egress: EgressProxy | undefined,
  connectTimeoutMs = 0,
): Client.Options {
  const tls = { timeout: connectTimeoutMs, rejectUnauthorized: !insecureTls };
  return { headersTimeout: 0, bodyTimeout: 0, connect: egress === undefined ? tls : egressConnector(egress, tls) };
}

/** Runs an exchange under its deadline; whatever goes wrong comes out as a NetError. */
async function withinTime<T>(
  request: ClientRequest,
  exchange: (signal: AbortSignal, url: SplitUrl) => Promise<T>,
): Promise<T> {
  const what = `${request.method} ${request.url}`;
  const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const url = splitUrl(request.url);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), Math.min(timeoutMs, 2 ** 31 - 1));
  try {
    return await exchange(controller.signal, url);
  } catch (cause) {
    if (controller.signal.aborted)
      throw new NetError('timeout', `${what}: no answer within ${timeoutMs} ms`, { cause });
    throw netError(cause, what);
  } finally {
    clearTimeout(timer);
  }
}

interface SplitUrl {
  readonly origin: string;
  readonly path: string;
}

/** By hand, since a URL parser would tidy the path up (`/a/../b`) and the server is to see what was asked for. */
function splitUrl(url: string): SplitUrl {
  const parts = /^(https?:\/\/[^/?#\s]+)(\/[^#]*|\?[^#]*)?(?:#.*)?$/i.exec(url);
  const [, origin, path = '/'] = parts ?? [];
  if (origin === undefined || !URL.canParse(origin)) throw new NetError('unresolved', `not an http URL: ${url}`);
  return { origin, path: path.startsWith('/') ? path : `/${path}` };
}

function toOptions(request: ClientRequest, path: string): Dispatcher.RequestOptions {
  return {
    path,
    method: request.method as Dispatcher.HttpMethod,
    headers: { ...request.headers },
    body: request.body ?? null,
  };
}

function toHeaders(raw: Record<string, string | string[] | undefined>): HttpHeaders {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

async function readWhole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES)
      throw new NetError('too-large', `the response is over ${MAX_RESPONSE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
