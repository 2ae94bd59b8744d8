// A TCP proxy before one server that can do to its connections what networks do: cut them, swallow what they carry, break an
// answer off in the middle, be slow, or let nobody in.
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `passing`: bytes go both ways. `stalled`: connections stay and new ones are accepted, but nothing gets through; what was
 * swallowed is lost. `refusing`: connections are broken at once.
 */
export type ProxyMode = 'passing' | 'stalled' | 'refusing';

/** What it does with bytes from the server before the client gets them; `undefined` swallows them. */
export type AnswerFilter = (chunk: Buffer) => Buffer | undefined;

/** One proxy on 127.0.0.1. */
export class SeverableProxy {
  readonly port: number;
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #pairs = new Set<{ readonly client: Socket; readonly target: Socket }>();
  #mode: ProxyMode = 'passing';
  #delayMs = 0;
  #filter: AnswerFilter = (chunk) => chunk;
  #breakAfterBytes: number | undefined;
  /** Connections that were accepted, since it began. */
  accepted = 0;
  /** Bytes that clients sent, whether or not they got through. */
  bytesFromClients = 0;

  constructor(server: Server, port: number, targetPort: number) {
    this.#server = server;
    this.port = port;
    this.#targetPort = targetPort;
    server.on('connection', (client) => this.#accept(client));
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Breaks every connection; new ones go as the mode says. */
  cut(): void {
    for (const { client, target } of this.#pairs) {
      client.destroy();
      target.destroy();
    }
    this.#pairs.clear();
  }

  /** From now on nothing gets through, in either way, and nobody is told. */
  stall(): void {
    this.#mode = 'stalled';
  }

  /** From now on connections are broken at once, the present ones too. */
  refuse(): void {
    this.#mode = 'refusing';
    this.cut();
  }

  /** Bytes go through again, on connections made from now on: those of before have holes. */
  heal(): void {
    if (this.#mode === 'stalled') this.cut();
    this.#mode = 'passing';
    this.#delayMs = 0;
    this.#filter = (chunk) => chunk;
  }

  /** Everything takes this much longer, each way. */
  delay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Of the next answer only the first `bytes` arrive; then its connection breaks. */
  breakNextAnswerAfter(bytes: number): void {
    this.#breakAfterBytes = bytes;
  }

  /** Answers go through `filter` until `heal`. */
  filterAnswers(filter: AnswerFilter): void {
    this.#filter = filter;
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    this.accepted += 1;
    if (this.#mode === 'refusing') {
      client.destroy();
      return;
    }
    const target = connect(this.#targetPort, '127.0.0.1');
    const pair = { client, target };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.setNoDelay();
      from.on('data', (chunk: Buffer) => this.#carry(pair, from, to, chunk));
      // `close` follows.
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.#pairs.delete(pair);
        // A stalled network does not tell that the other side is gone.
        if (this.#mode !== 'stalled') to.destroy();
      });
    }
  }

  #carry(pair: { client: Socket; target: Socket }, from: Socket, to: Socket, chunk: Buffer): void {
    const isAnswer = from === pair.target;
    if (!isAnswer) this.bytesFromClients += chunk.length;
    if (this.#mode === 'stalled') return;
    const bytes = isAnswer ? this.#filter(chunk) : chunk;
    if (bytes === undefined) return;
    if (isAnswer && this.#breakAfterBytes !== undefined) {
      to.end(bytes.subarray(0, this.#breakAfterBytes));
      this.#breakAfterBytes = undefined;
      from.destroy();
    } else if (this.#delayMs === 0) to.write(bytes);
    else setTimeout(() => this.#mode === 'passing' && to.writable && to.write(bytes), this.#delayMs);
  }
}

/** Listens on `port`, any free one by default. */
export async function startProxy(targetPort: number, port = 0): Promise<SeverableProxy> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a proxy without a port');
  return new SeverableProxy(server, address.port, targetPort);
}
