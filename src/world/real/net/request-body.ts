// Reads the bodies of requests into memory, each up to a limit and all of a listener together up to another: what many
// clients send at once must not be more than the process can hold.
import type { IncomingMessage } from 'node:http';

/** Bodies up to this are always read: who floods a listener with large ones keeps nobody out who sends little. */
const SMALL_BYTES = 64 * 1024;

/** Bytes that a listener holds of large bodies which are on their way. */
export class BodyBudget {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#limit) return false;
    this.#taken += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** `release` once nobody needs the bytes any more. */
export interface ReadBody {
  readonly bytes: Uint8Array;
  release(): void;
}

/** `too-large`: this one. `too-much`: together with others. `aborted`: it never came to its end. */
export type UnreadBody = 'too-large' | 'too-much' | 'aborted';

/** Nothing is kept of what is not read to its end; the rest of it is left to the caller. */
export function readBody(
  incoming: IncomingMessage,
  maxBytes: number,
  budget: BodyBudget,
): Promise<ReadBody | UnreadBody> {
  if (Number(incoming.headers['content-length']) > maxBytes) return Promise.resolve('too-large');
  return new Promise((resolve) => {
    // The request lives as long as its answer, which may be a stream for months: what it brought must not live as long.
    let settle: ((body: ReadBody | UnreadBody) => void) | undefined = resolve;
    let chunks: Buffer[] = [];
    let length = 0;
    let taken = 0;
    const release = (): void => {
      budget.giveBack(taken);
      taken = 0;
    };
    const end = (body: ReadBody | UnreadBody): void => {
      settle?.(body);
      settle = undefined;
      chunks = [];
    };
    const giveUp = (why: UnreadBody): void => {
      if (settle === undefined) return;
      release();
      end(why);
    };
    incoming.on('data', (chunk: Buffer) => {
      if (settle === undefined) return;
      length += chunk.length;
      if (length > maxBytes) return giveUp('too-large');
      if (length > SMALL_BYTES) {
        if (!budget.take(length - taken)) return giveUp('too-much');
        taken = length;
      }
      chunks.push(chunk);
    });
    incoming.on('end', () => {
      if (settle === undefined) return;
      end({ bytes: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks), release });
    });
    incoming.on('error', () => giveUp('aborted'));
    incoming.on('close', () => giveUp('aborted'));
  });
}
