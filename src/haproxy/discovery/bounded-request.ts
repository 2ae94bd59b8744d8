// One GET with an end: a whole body within a time and a size, whatever the other side does (haproxy.md 22.7).
import { NetError } from '../../world/net.ts';
import type { World } from '../../world/world.ts';

/** What is asked for, and what it may cost. */
export interface BoundedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly insecureTls: boolean;
  /** For head and body together. */
  readonly timeoutMs: number;
  readonly mostBytes: number;
}

/** An answer that came whole. */
export interface BoundedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Throws NetError: `timeout` also for a body that does not end, `too-large`, `broken`, `refused`, `unresolved`. */
export async function boundedGet(world: Pick<World, 'net' | 'clock'>, request: BoundedRequest): Promise<BoundedAnswer> {
  const { clock, net } = world;
  const endsMs = clock.monotonicMs() + request.timeoutMs;
  const stream = await net.openStream({
    method: 'GET',
    url: request.url,
    headers: request.headers,
    insecureTls: request.insecureTls,
    timeoutMs: request.timeoutMs,
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const late = clock.setTimer(Math.max(0, endsMs - clock.monotonicMs()), () => {
      fail(new NetError('timeout', `the answer did not end within ${request.timeoutMs} ms`));
    });
    stream.onChunk((chunk) => {
      bytes += chunk.length;
      if (bytes > request.mostBytes) fail(new NetError('too-large', `the answer is over ${request.mostBytes} bytes`));
      else chunks.push(chunk);
    });
    stream.onEnd((error) => {
      late.cancel();
      if (error !== undefined) return reject(error);
      const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      resolve({ status: stream.status, headers: stream.headers, text: new TextDecoder().decode(body) });
    });

    function fail(error: NetError): void {
      late.cancel();
      stream.close();
      reject(error);
    }
  });
}
