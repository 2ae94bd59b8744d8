// Downloads one http(s) URL into a new file: redirects, stalls, sizes and forbidden addresses.
import type { ClientStream } from '../../../../world/net.ts';
import type { World } from '../../../../world/world.ts';
import { CANCEL_CHECK_MS, unlessCancelled } from './cancel.ts';
import type { ForbiddenNetworks } from './networks.ts';
import { FetchError } from './uri.ts';

const MAX_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Received but not yet written; above this the sender is made to wait. */
const MAX_UNWRITTEN_BYTES = 4 * 2 ** 20;

/** Limits of one download. `stallTimeoutMs`: without a byte for so long it has failed. */
export interface DownloadOptions {
  readonly stallTimeoutMs: number;
  readonly maxBytes: number;
  readonly forbidden: ForbiddenNetworks;
  readonly isCancelled: () => boolean;
}

/** Resolves with the size. `path` must not exist in advance. Throws FetchError, NetError, DiskError. */
export async function download(world: World, url: string, path: string, options: DownloadOptions): Promise<number> {
  const stream = await follow(world, url, options);
  const announced = stream.headers['content-length'];
  if (announced !== undefined && Number(announced) > options.maxBytes) {
    stream.close();
    throw new FetchError(`'${url}' has ${announced} bytes, ${options.maxBytes} are allowed`);
  }
  const written = await writeBody(world, stream, url, path, options);
  if (announced !== undefined && Number(announced) !== written) {
    throw new FetchError(`'${url}' announced ${announced} bytes and sent ${written}`);
  }
  return written;
}

/** Size by a HEAD request; undefined when the server does not tell. */
export async function announcedSize(world: World, url: string, options: DownloadOptions): Promise<number | undefined> {
  let target = url;
  for (let count = 0; count <= MAX_REDIRECTS; count++) {
    const { direct, headers } = await checkedTarget(world, target, options.forbidden);
    const request = world.net.request({ method: 'HEAD', url: direct, headers, timeoutMs: options.stallTimeoutMs });
    const response = await unlessCancelled(world, options.isCancelled, request);
    if (!REDIRECTS.has(response.status)) {
      const length = response.headers['content-length'];
      return response.status === 200 && length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
    }
    target = redirectTarget(target, response.headers.location);
  }
  return undefined;
}

async function follow(world: World, url: string, options: DownloadOptions): Promise<ClientStream> {
  let target = url;
  for (let count = 0; count <= MAX_REDIRECTS; count++) {
    const { direct, headers } = await checkedTarget(world, target, options.forbidden);
    const opened = world.net.openStream({ method: 'GET', url: direct, headers, timeoutMs: options.stallTimeoutMs });
    const stream = await unlessCancelled(world, options.isCancelled, opened, (late) => late.close());
    if (stream.status === 200) return stream;
    stream.close();
    if (!REDIRECTS.has(stream.status))
      throw new FetchError(`'${target}' was answered with HTTP status ${stream.status}`);
    target = redirectTarget(target, stream.headers.location);
  }
  throw new FetchError(`'${url}' was redirected more than ${MAX_REDIRECTS} times`);
}

function redirectTarget(from: string, location: string | undefined): string {
  if (location === undefined || !URL.canParse(location, from)) {
    throw new FetchError(`'${from}' was redirected to nowhere`);
  }
  const next = new URL(location, from);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') {
    throw new FetchError(`'${from}' was redirected to '${next.protocol}', only http and https are followed`);
  }
  next.hash = '';
  return next.href;
}

/**
 * Looks the host up and refuses forbidden addresses. For http the connection then goes to the very address that was
 * looked at, so that a second look-up cannot answer otherwise; for https the certificate stands for the name.
 */
async function checkedTarget(
  world: World,
  url: string,
  forbidden: ForbiddenNetworks,
): Promise<{ direct: string; headers: Record<string, string> }> {
  const parsed = new URL(url);
  parsed.hash = '';
  const headers: Record<string, string> = { accept: '*/*', 'user-agent': 'mctl-fetcher' };
  if (parsed.username !== '') {
    const credentials = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    parsed.username = '';
    parsed.password = '';
  }
  if (forbidden.isEmpty) return { direct: parsed.href, headers };
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const address = await world.host.lookup(host);
  forbidden.refuse(address, host);
  if (parsed.protocol === 'http:') {
    headers.host = parsed.host;
    parsed.hostname = address.includes(':') ? `[${address}]` : address;
  }
  return { direct: parsed.href, headers };
}

async function writeBody(
  world: World,
  stream: ClientStream,
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<number> {
  const file = await world.disk.openAppend(path, { mode: 0o644 });
  let received = 0;
  let unwritten = 0;
  let lastChunkMs = world.clock.monotonicMs();
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => {
        timer.cancel();
        stream.close();
        reject(error);
      };
      const timer = world.clock.every(Math.min(CANCEL_CHECK_MS, options.stallTimeoutMs), () => {
        if (options.isCancelled()) fail(new FetchError(`fetching '${url}' was cancelled`));
        else if (unwritten === 0 && world.clock.monotonicMs() - lastChunkMs > options.stallTimeoutMs) {
          fail(new FetchError(`'${url}' sent nothing for ${options.stallTimeoutMs / 1000} s`));
        }
      });
      stream.onEnd((error) => {
        timer.cancel();
        if (error === undefined) resolve();
        else reject(error);
      });
      stream.onChunk((chunk) => {
        lastChunkMs = world.clock.monotonicMs();
        received += chunk.length;
        if (received > options.maxBytes) {
          fail(new FetchError(`'${url}' has more than the ${options.maxBytes} bytes that are allowed`));
          return;
        }
        unwritten += chunk.length;
        if (unwritten > MAX_UNWRITTEN_BYTES) stream.pause();
        file.write(chunk).then(() => {
          if (unwritten > MAX_UNWRITTEN_BYTES && unwritten - chunk.length <= MAX_UNWRITTEN_BYTES) stream.resume();
          unwritten -= chunk.length;
          lastChunkMs = world.clock.monotonicMs();
        }, fail);
      });
    });
  } finally {
    // Waits for what is still being written.
    await file.close();
  }
  return received;
}
