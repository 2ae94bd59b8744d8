// Writes one response: a whole body with its length, or a stream with one HTTP chunk for each write.
import type { ServerResponse } from 'node:http';
import type { HttpResponse, StreamingBody, StreamWriter } from '../../net.ts';
import type { Log } from '../../world.ts';

/** A peer that does not take a whole response within this, without any progress, is cut off. */
const STALLED_MS = 60_000;

/** Sends the handler's answer; a stream goes on after it returns. */
export function respond(outgoing: ServerResponse, response: HttpResponse, log: Log): void {
  // node:http would add a Connection header that the original does not send.
  outgoing.removeHeader('connection');
  try {
    for (const [name, value] of Object.entries(response.headers ?? {})) outgoing.setHeader(name, value);
    outgoing.statusCode = response.status;
  } catch (cause) {
    log.error('a response has an impossible head', { status: response.status, error: String(cause) });
    for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
    outgoing.statusCode = 500;
    respondWhole(outgoing, '');
    return;
  }
  const { body = '', onSent } = response;
  if (onSent !== undefined) {
    if (outgoing.closed) onSent();
    else outgoing.once('close', onSent);
  }
  if (typeof body === 'string' || body instanceof Uint8Array) respondWhole(outgoing, body);
  else respondStream(outgoing, body, log);
}

function respondWhole(outgoing: ServerResponse, body: string | Uint8Array): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const mayHaveBody = outgoing.statusCode !== 204 && outgoing.statusCode !== 304;
  if (mayHaveBody) outgoing.setHeader('Content-Length', bytes.length);
  outgoing.end(mayHaveBody ? bytes : undefined);
  const { socket } = outgoing;
  if (socket === null || outgoing.writableLength === 0) return;
  const cut = (): void => void socket.destroy();
  socket.setTimeout(STALLED_MS, cut);
  outgoing.once('finish', () => {
    socket.setTimeout(0);
    socket.off('timeout', cut);
  });
}

function respondStream(outgoing: ServerResponse, body: StreamingBody, log: Log): void {
  // The head must not wait for the first chunk, and without keep-alive of its own a vanished peer would stay for ever.
  const { socket } = outgoing;
  socket?.setKeepAlive(true, 30_000);
  // What is written at once goes out at once: a call to the system for each of thousands of subscribers adds up.
  socket?.cork();
  outgoing.flushHeaders();
  const writer = new SocketStreamWriter(outgoing);
  try {
    body.start(writer);
  } catch (cause) {
    log.error('a response stream failed to start', { error: cause instanceof Error ? cause.stack : String(cause) });
    writer.abort();
  }
  socket?.uncork();
}

class SocketStreamWriter implements StreamWriter {
  readonly #outgoing: ServerResponse;
  #isOpen: boolean;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
    this.#isOpen = !outgoing.destroyed;
    outgoing.once('close', () => {
      this.#isOpen = false;
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#outgoing.destroyed ? 0 : this.#outgoing.writableLength;
  }

  write(chunk: string | Uint8Array): void {
    // An empty chunk would end a chunked body.
    if (this.#isOpen && chunk.length > 0) this.#outgoing.write(chunk);
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#outgoing.end();
  }

  abort(): void {
    this.#isOpen = false;
    this.#outgoing.destroy();
  }

  onClose(fn: () => void): void {
    if (this.#outgoing.closed) setImmediate(fn);
    else this.#outgoing.once('close', fn);
  }
}
