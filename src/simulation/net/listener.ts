// The serving side: listeners of a machine, and one request from its arrival to the end of its answer.

import type {
  HttpRequest,
  HttpResponse,
  Listener,
  ListenOptions,
  RequestStream,
  StreamWriter,
} from '../../world/net.ts';
import type { ProcessLife } from '../core/process.ts';
import { utf8 } from '../core/utf8.ts';
import type { Responder } from './responder.ts';
import { ServerWriter } from './server-writer.ts';

const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024;

export class BoundListener {
  readonly life: ProcessLife;
  readonly bindAddress: string;
  readonly port: number;
  readonly #options: ListenOptions;
  readonly #open = new Set<Responder>();
  readonly #release: () => void;
  #isClosed = false;

  constructor(life: ProcessLife, bindAddress: string, port: number, options: ListenOptions, release: () => void) {
    this.life = life;
    this.bindAddress = bindAddress;
    this.port = port;
    this.#options = options;
    this.#release = release;
    life.onDeath(() => this.#release());
  }

  /** Whether it takes connections to `address`, or stands in the way of another listener there. */
  covers(address: string, port: number): boolean {
    return (
      port === this.port && (this.bindAddress === address || isAnyAddress(this.bindAddress) || isAnyAddress(address))
    );
  }

  get listener(): Listener {
    return {
      host: this.bindAddress,
      port: this.port,
      close: () => {
        if (!this.#isClosed) {
          this.#isClosed = true;
          this.#release();
          for (const responder of this.#open) {
            responder.abort();
          }
        }
        return this.life.perform('listener-closed', 0.1, () => undefined);
      },
    };
  }

  /** Hands a request to the handler and its answer to the responder. */
  serve(request: HttpRequest, responder: Responder): void {
    if (request.body.length > (this.#options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES)) {
      this.#answer({ status: 413 }, responder);
      return;
    }
    this.#open.add(responder);
    this.#handle(request).then((response) => this.#answer(response, responder, request.method === 'HEAD'));
  }

  async #handle(request: HttpRequest): Promise<HttpResponse> {
    try {
      const { handler, streamsBody } = this.#options;
      return await handler(streamsBody?.(request) === true ? this.#streamed(request) : request);
    } catch (error) {
      const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: words };
    }
  }

  /** The body as a stream that comes in one piece. */
  #streamed(request: HttpRequest): HttpRequest {
    let piece: Uint8Array | undefined = request.body;
    let isPaused = false;
    let isOver = false;
    let onChunk: ((chunk: Uint8Array) => void) | undefined;
    let onEnd: ((isWhole: boolean) => void) | undefined;
    const flush = (): void => {
      if (isPaused || isOver || onChunk === undefined || onEnd === undefined) {
        return;
      }
      const chunk = piece;
      piece = undefined;
      if (chunk !== undefined && chunk.length > 0) {
        onChunk(chunk);
        this.life.later('body', 0, flush);
        return;
      }
      isOver = true;
      onEnd(true);
    };
    const flushLater = (): void => {
      this.life.later('body', 0, flush);
    };
    const stream: RequestStream = {
      onChunk: (fn) => {
        onChunk = fn;
        flushLater();
      },
      onEnd: (fn) => {
        onEnd = fn;
        flushLater();
      },
      pause: () => {
        isPaused = true;
      },
      resume: () => {
        isPaused = false;
        flushLater();
      },
    };
    return { ...request, body: new Uint8Array(0), stream };
  }

  /** `isHead`: the head alone, as it would be for a GET. */
  #answer(response: HttpResponse, responder: Responder, isHead = false): void {
    if (!this.life.isAlive) {
      return;
    }
    const headers: Record<string, string> = { date: new Date(this.life.engine.wallMs).toUTCString() };
    for (const [name, value] of Object.entries(response.headers ?? {})) {
      headers[name.toLowerCase()] = value;
    }
    const { body } = response;
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
      const bytes = typeof body === 'string' ? utf8(body) : (body ?? new Uint8Array(0)).slice();
      headers['content-length'] = String(bytes.length);
      responder.head(response.status, headers);
      if (bytes.length > 0 && !isHead) {
        responder.chunk(bytes);
      }
      responder.end();
      this.#open.delete(responder);
      return;
    }
    headers['transfer-encoding'] = 'chunked';
    responder.head(response.status, headers);
    if (isHead) {
      responder.end();
      this.#open.delete(responder);
      return;
    }
    const writer: StreamWriter = new ServerWriter(this.life, responder, () => this.#open.delete(responder));
    try {
      body.start(writer);
    } catch (error) {
      this.life.onUncaught(error);
    }
  }
}

/** Listens on every address of its machine. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
