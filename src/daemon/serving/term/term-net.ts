// The network of a term: nothing is sent and nothing is heard while we may not act, and with the term end its connections.
import type {
  ClientRequest,
  ClientResponse,
  ClientStream,
  ClientUpload,
  ExchangeLimits,
  Listener,
  Net,
} from '../../../world/net.ts';
import type { TermGate } from './term-gate.ts';

/** Exchanges that are under way at the end go on by themselves; nobody hears of them. */
export class TermNet implements Net {
  readonly #net: Net;
  readonly #gate: TermGate;
  readonly #streams = new Set<ClientStream>();

  constructor(net: Net, gate: TermGate) {
    this.#net = net;
    this.#gate = gate;
  }

  /** Whoever listens does so for longer than a term. */
  listen(): Promise<Listener> {
    return Promise.reject(new Error('a term of leadership does not listen'));
  }

  request(request: ClientRequest): Promise<ClientResponse> {
    return this.#gate.begin(() => this.#net.request(request));
  }

  openStream(request: ClientRequest): Promise<ClientStream> {
    return this.#gate.begin(async () => {
      const stream = await this.#net.openStream(request);
      if (this.#gate.isOver) stream.close();
      else this.#streams.add(stream);
      return new TermStream(stream, this.#gate, () => this.#streams.delete(stream));
    });
  }

  /** Nothing that a term does has a body that goes on. */
  openUpload(): ClientUpload {
    throw new Error('a term of leadership uploads nothing');
  }

  connect(host: string, port: number, timeoutMs: number): Promise<void> {
    return this.#gate.begin(() => this.#net.connect(host, port, timeoutMs));
  }

  exchange(socketPath: string, text: string, limits: ExchangeLimits): Promise<string> {
    return this.#gate.begin(() => this.#net.exchange(socketPath, text, limits));
  }

  /** Nothing comes over any stream any more. */
  end(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }
}

/** What comes while we may not act waits with it, and stops the other side. Tells when nobody needs to close it any more. */
class TermStream implements ClientStream {
  readonly status: number;
  readonly headers: ClientStream['headers'];
  readonly #stream: ClientStream;
  readonly #gate: TermGate;
  readonly #onOver: () => void;
  /** Chunks that wait. */
  #held = 0;
  /** As its reader wishes. */
  #isPaused = false;
  #isClosed = false;

  constructor(stream: ClientStream, gate: TermGate, onOver: () => void) {
    this.status = stream.status;
    this.headers = stream.headers;
    this.#stream = stream;
    this.#gate = gate;
    this.#onOver = onOver;
  }

  onChunk(fn: (chunk: Uint8Array) => void): void {
    this.#stream.onChunk((chunk) => {
      this.#held += 1;
      let isLate = false;
      this.#gate.act(() => {
        this.#held -= 1;
        if (!this.#isClosed) fn(chunk);
        if (isLate) this.#flow();
      });
      isLate = this.#held > 0;
      if (isLate) this.#stream.pause();
    });
  }

  onEnd(fn: Parameters<ClientStream['onEnd']>[0]): void {
    this.#stream.onEnd((error) => {
      this.#onOver();
      this.#gate.act(() => {
        if (!this.#isClosed) fn(error);
      });
    });
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#flow();
  }

  close(): void {
    this.#isClosed = true;
    this.#onOver();
    this.#stream.close();
  }

  #flow(): void {
    if (this.#held === 0 && !this.#isPaused && !this.#isClosed) this.#stream.resume();
  }
}
