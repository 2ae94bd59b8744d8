// A response body that goes on, as its reader sees it.
import type { Readable } from 'node:stream';
import type { ClientStream, HttpHeaders, NetError } from '../../net.ts';
import { netError } from './errors.ts';

/** Without a reader, or paused, the socket is left alone, so that nothing piles up here. */
export class SocketClientStream implements ClientStream {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly #body: Readable;
  readonly #release: () => void;
  #isClosed = false;
  #isPaused = false;
  #hasReader = false;
  /** How it ended, once it has. */
  #outcome: { readonly error: NetError | undefined } | undefined;
  #onEnd: ((error: NetError | undefined) => void) | undefined;

  constructor(status: number, headers: HttpHeaders, body: Readable, what: string, release: () => void) {
    this.status = status;
    this.headers = headers;
    this.#body = body;
    this.#release = release;
    body.once('end', () => this.#finish(undefined));
    body.on('error', (cause) => this.#finish(netError(cause, what)));
    // A body that is destroyed without an error of its own did not end properly either.
    body.once('close', () => this.#finish(netError(new Error('the connection was closed'), what)));
  }

  onChunk(fn: (chunk: Uint8Array) => void): void {
    this.#hasReader = true;
    this.#body.on('data', (chunk: Uint8Array) => {
      if (!this.#isClosed) fn(chunk);
    });
    if (this.#isPaused) this.#body.pause();
  }

  onEnd(fn: (error: NetError | undefined) => void): void {
    this.#onEnd = fn;
    if (this.#outcome !== undefined) setImmediate(() => this.#tellEnd());
  }

  pause(): void {
    this.#isPaused = true;
    this.#body.pause();
  }

  resume(): void {
    this.#isPaused = false;
    // Without a reader the chunks would be thrown away.
    if (this.#hasReader) this.#body.resume();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#body.destroy();
    this.#release();
  }

  #finish(error: NetError | undefined): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = { error };
    this.#release();
    this.#tellEnd();
  }

  #tellEnd(): void {
    const fn = this.#onEnd;
    if (fn === undefined || this.#outcome === undefined || this.#isClosed) return;
    this.#onEnd = undefined;
    fn(this.#outcome.error);
  }
}
