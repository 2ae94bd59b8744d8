// What somebody says who refuses a request whose answer would have been a stream.
import type { ClientStream } from '../world/net.ts';

const MAX_SAID_BYTES = 16 * 1024;

/** The beginning of the body, which may be nothing. Never rejects. */
export function whatItSays(stream: ClientStream): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const done = (): void => {
      stream.close();
      resolve(Buffer.concat(chunks));
    };
    stream.onChunk((chunk) => {
      length += chunk.length;
      if (length <= MAX_SAID_BYTES) chunks.push(chunk);
      else done();
    });
    stream.onEnd(done);
  });
}
