// gzip in both directions: request bodies that say so, and answers of 1,024 bytes and more to clients that take it. Streams
// are never compressed (mesos-observed.md 11). Small bodies are done at once, large ones off the event loop, and one buffer
// that several clients ask for at the same time is compressed once.
import { constants, gunzipSync, gzip, gzipSync } from 'node:zlib';
import type { HttpRequest, HttpResponse } from '../../../world/net.ts';

const MIN_COMPRESSED_BYTES = 1024;
/** Larger bodies are compressed in a worker thread: at this size it takes about a millisecond. */
const MAX_INLINE_BYTES = 128 * 1024;
/** A request body that grows beyond this when unpacked is refused. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

const running = new WeakMap<Uint8Array, Promise<Uint8Array>>();

/** The request with its body unpacked; undefined when the body is not what its Content-Encoding says. */
export function unpackRequest(request: HttpRequest): HttpRequest | undefined {
  if (request.headers['content-encoding'] !== 'gzip') return request;
  try {
    return { ...request, body: gunzipSync(request.body, { maxOutputLength: MAX_UNPACKED_BYTES }) };
  } catch {
    // Whatever zlib dislikes has one answer: 500 "failed to decode body".
    return undefined;
  }
}

/** The response as the client wants it. */
export function packResponse(request: HttpRequest, response: HttpResponse): HttpResponse | Promise<HttpResponse> {
  const { body } = response;
  if (body === undefined || (typeof body !== 'string' && !(body instanceof Uint8Array))) return response;
  if (body.length < MIN_COMPRESSED_BYTES || !acceptsGzip(request.headers['accept-encoding'])) return response;
  if (response.headers?.['content-encoding'] !== undefined) return response;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (bytes.length <= MAX_INLINE_BYTES) return packed(response, gzipSync(bytes));
  return gzipOnce(bytes).then((compressed) => {
    const { onSent, ...rest } = response;
    onSent?.();
    return packed(rest, compressed);
  });
}

/** Whether an Accept-Encoding header allows gzip; an absent one does not. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  let any = false;
  for (const item of header.split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const isAllowed = !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    if (name === 'gzip') return isAllowed;
    if (name === '*') any = isAllowed;
  }
  return any;
}

function packed(response: HttpResponse, body: Uint8Array): HttpResponse {
  return { ...response, headers: { ...response.headers, 'content-encoding': 'gzip' }, body };
}

function gzipOnce(bytes: Uint8Array): Promise<Uint8Array> {
  const earlier = running.get(bytes);
  if (earlier !== undefined) return earlier;
  const work = new Promise<Uint8Array>((resolve, reject) => {
    gzip(bytes, { level: constants.Z_BEST_SPEED }, (error, compressed) => {
      if (error === null) resolve(compressed);
      else reject(error);
    });
  });
  running.set(bytes, work);
  return work;
}
