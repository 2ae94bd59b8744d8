// Stands between `mctl top` and the master, so that it is known from outside when the last byte of the whole state has been handed
// over. Everything is passed on as it comes.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Relay {
  readonly #server: Server;
  readonly #target: string;
  /** Of the latest subscription: when the last byte of its first record was taken by the reader's side, on our clock. */
  stateAtMs: number | undefined;
  stateBytes = 0;
  /** Called at that moment. */
  onState: (() => void) | undefined;

  static async start(target: string): Promise<Relay> {
    const relay = new Relay(target);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const parts: Buffer[] = [];
    asked.on('data', (part: Buffer) => parts.push(part));
    asked.on('end', () => {
      const body = Buffer.concat(parts);
      const isState = body.includes('SUBSCRIBE');
      const { method = 'GET', url = '/' } = asked;
      const headers = { ...asked.headers, 'accept-encoding': 'identity' };
      const passed = request(`${this.#target}${url}`, { method, headers }, (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        answer.flushHeaders();
        const first = isState ? new FirstRecord() : undefined;
        said.on('data', (part: Buffer) => {
          const isLast = first?.push(part) ?? false;
          const isTaken = answer.write(part, () => {
            if (!isLast) return;
            this.stateAtMs = performance.now();
            this.stateBytes = first?.length ?? 0;
            this.onState?.();
          });
          if (isTaken) return;
          said.pause();
          answer.once('drain', () => said.resume());
        });
        said.on('end', () => answer.end());
        said.on('error', () => answer.destroy());
        answer.on('close', () => passed.destroy());
      });
      passed.on('error', () => answer.destroy());
      passed.end(body);
    });
  }
}

/** Finds the end of the first record of a RecordIO stream. */
class FirstRecord {
  length: number | undefined;
  #digits = '';
  #held = 0;

  /** Is the end of the record in this part? */
  push(part: Buffer): boolean {
    let from = 0;
    if (this.length === undefined) {
      const end = part.indexOf('\n');
      this.#digits += part.toString('latin1', 0, end < 0 ? part.length : end);
      if (end < 0) return false;
      this.length = Number(this.#digits);
      from = end + 1;
    }
    const before = this.#held;
    this.#held += part.length - from;
    return before < this.length && this.#held >= this.length;
  }
}
