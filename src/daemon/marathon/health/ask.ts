// One GET to a task, on a connection of its own: what is asked is whether the task takes connections now, not whether it
// did when an earlier one was opened. Certificates are not looked at.
import type { World } from '../../../world/world.ts';

/** `body` is cut at `keepBytes`. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** `bodyMs`: how long the body is read at most, and never beyond `timeoutMs`. */
export interface AskOptions {
  readonly timeoutMs: number;
  readonly bodyMs: number;
  readonly keepBytes: number;
}

/**
 * Redirects are not followed. The body is read, within limits, so that a server is not cut off in the middle of a small
 * answer; one that never ends is no failure. Throws NetError when there is no head in time.
 */
export async function ask(world: Pick<World, 'net' | 'clock'>, url: string, options: AskOptions): Promise<Answer> {
  const startedMs = world.clock.monotonicMs();
  const stream = await world.net.openStream({
    method: 'GET',
    url,
    insecureTls: true,
    headers: { accept: '*/*', connection: 'close' },
    timeoutMs: options.timeoutMs,
  });
  const leftMs = options.timeoutMs - (world.clock.monotonicMs() - startedMs);
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const timer = world.clock.setTimer(Math.max(0, Math.min(options.bodyMs, leftMs)), done);
    stream.onChunk((chunk) => {
      chunks.push(chunk.subarray(0, options.keepBytes - length));
      length += chunk.length;
      if (length >= options.keepBytes) done();
    });
    stream.onEnd(done);
    function done(): void {
      timer.cancel();
      stream.close();
      resolve({
        status: stream.status,
        contentType: stream.headers['content-type'] ?? '',
        body: Buffer.concat(chunks),
      });
    }
  });
}
