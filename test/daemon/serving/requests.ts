// Requests to a daemon's handler without a socket, and what of the answer the tests look at.
import type { HttpHandler, HttpResponse, StreamWriter } from '../../../src/world/net.ts';
import { createRealWorld, type RealWorld } from '../../../src/world/real/index.ts';

export const quietWorld = (): RealWorld => createRealWorld({ log: { level: 'silent' } });

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly response: HttpResponse;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export async function send(handler: HttpHandler, target: string, sent: Sent = {}): Promise<Answer> {
  const { body = '' } = sent;
  const response = await handler({
    method: sent.method ?? 'GET',
    target,
    headers: sent.headers ?? {},
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    remoteAddress: '127.0.0.1',
  });
  const answer = response.body;
  const bytes =
    typeof answer === 'string'
      ? new TextEncoder().encode(answer)
      : answer instanceof Uint8Array
        ? answer
        : new Uint8Array();
  return {
    status: response.status,
    headers: response.headers ?? {},
    text: new TextDecoder().decode(bytes),
    bytes,
    response,
  };
}

/** A peer that takes what it is given only when `take` says so. */
export class RecordingWriter implements StreamWriter {
  readonly chunks: Uint8Array[] = [];
  bufferedBytes = 0;
  isOpen = true;
  ended: 'end' | 'abort' | undefined;
  readonly #onClose: (() => void)[] = [];

  write(chunk: string | Uint8Array): void {
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
    this.chunks.push(bytes);
    this.bufferedBytes += bytes.length;
  }

  take(): void {
    this.bufferedBytes = 0;
  }

  end(): void {
    this.#close('end');
  }

  abort(): void {
    this.#close('abort');
  }

  /** The peer goes away. */
  hangUp(): void {
    this.#close(undefined);
  }

  onClose(fn: () => void): void {
    this.#onClose.push(fn);
  }

  get texts(): string[] {
    return this.chunks.map((chunk) => new TextDecoder().decode(chunk));
  }

  #close(how: 'end' | 'abort' | undefined): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.ended = how;
    for (const fn of this.#onClose) fn();
  }
}
