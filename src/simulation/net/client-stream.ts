// A response body on the side that reads it: holds what came until a reader takes it.
import type { ClientStream, HttpHeaders, NetError } from '../../world/net.ts';
import type { ProcessLife } from '../core/process.ts';

export class ClientReader implements ClientStream {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly #life: ProcessLife;
  readonly #closeConnection: () => void;
  readonly #taken: (byteCount: number) => void;
  readonly #waiting: Uint8Array[] = [];
  #onChunk: ((chunk: Uint8Array) => void) | undefined;
  #onEnd: ((error: NetError | undefined) => void) | undefined;
  #ended: { readonly error: NetError | undefined } | undefined;
  #isPaused = false;
  #isClosed = false;

  constructor(
    life: ProcessLife,
    head: { readonly status: number; readonly headers: HttpHeaders },
    connection: { readonly close: () => void; readonly taken: (byteCount: number) => void },
  ) {
    this.#life = life;
    this.status = head.status;
    this.headers = head.headers;
    this.#closeConnection = connection.close;
    this.#taken = connection.taken;
  }

  onChunk(fn: (chunk: Uint8Array) => void): void {
    this.#onChunk = fn;
    this.#flushLater();
  }

  onEnd(fn: (error: NetError | undefined) => void): void {
    this.#onEnd = fn;
    this.#flushLater();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#flushLater();
  }

  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#waiting.length = 0;
      this.#closeConnection();
    }
  }

  /** Bytes from the connection, in order. */
  arrived(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#flush();
  }

  /** Nothing more comes. */
  over(error: NetError | undefined): void {
    this.#ended ??= { error };
    this.#flush();
  }

  #flushLater(): void {
    if (this.#waiting.length > 0 || this.#ended !== undefined) {
      this.#life.later('flush', 0, () => this.#flush());
    }
  }

  #flush(): void {
    while (!this.#isClosed && !this.#isPaused && this.#onChunk !== undefined) {
      const chunk = this.#waiting.shift();
      if (chunk === undefined) {
        break;
      }
      this.#taken(chunk.length);
      this.#onChunk(chunk);
    }
    const isAllRead = this.#waiting.length === 0 || (this.#onChunk === undefined && this.#ended?.error !== undefined);
    if (!this.#isClosed && !this.#isPaused && isAllRead && this.#ended !== undefined && this.#onEnd !== undefined) {
      this.#isClosed = true;
      this.#onEnd(this.#ended.error);
    }
  }
}
