// A request body that goes on, on the side that writes it.
import { PassThrough, type Readable } from 'node:stream';
import type { ClientResponse, ClientUpload } from '../../net.ts';

/** `exchange` sends what is read from the body and resolves with the answer; the signal tells it to give up. */
export function startUpload(exchange: (body: Readable, signal: AbortSignal) => Promise<ClientResponse>): ClientUpload {
  const body = new PassThrough({ highWaterMark: 0 });
  const controller = new AbortController();
  let isOpen = true;
  // A body that is destroyed with the connection says so to the exchange.
  body.on('error', () => undefined);
  const response = exchange(body, controller.signal).finally(() => {
    isOpen = false;
    body.destroy();
  });
  // Whoever never asks for the answer is not to die of it.
  response.catch(() => undefined);
  return {
    write(chunk) {
      if (isOpen && chunk.length > 0) body.write(chunk);
    },
    get bufferedBytes() {
      return isOpen ? body.writableLength + body.readableLength : 0;
    },
    end() {
      if (!isOpen) return;
      isOpen = false;
      body.end();
    },
    response,
    close() {
      isOpen = false;
      controller.abort();
    },
  };
}
