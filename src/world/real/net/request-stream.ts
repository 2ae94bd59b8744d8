// A request body that goes on, on the side that reads it.
import type { IncomingMessage } from 'node:http';
import type { RequestStream } from '../../net.ts';

/** Without a reader the socket is left alone, so that nothing piles up here. */
export function bodyOf(incoming: IncomingMessage): RequestStream {
  let isPaused = false;
  let hasReader = false;
  let outcome: boolean | undefined;
  let onEnd: ((isWhole: boolean) => void) | undefined;
  const finish = (isWhole: boolean): void => {
    if (outcome !== undefined) return;
    outcome = isWhole;
    onEnd?.(isWhole);
  };
  incoming.once('end', () => finish(true));
  incoming.on('error', () => finish(false));
  incoming.once('close', () => finish(false));
  return {
    onChunk(fn) {
      hasReader = true;
      incoming.on('data', fn);
      if (isPaused) incoming.pause();
    },
    onEnd(fn) {
      onEnd = fn;
      const known = outcome;
      if (known !== undefined) setImmediate(() => fn(known));
    },
    pause() {
      isPaused = true;
      incoming.pause();
    },
    resume() {
      isPaused = false;
      // Without a reader the chunks would be thrown away.
      if (hasReader) incoming.resume();
    },
  };
}
