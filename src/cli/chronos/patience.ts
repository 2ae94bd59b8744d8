// Who follows a run outlives a change of leaders: while nobody leads, or the one that was asked is gone, it is asked again.
import { ChronosError } from '../../client/chronos.ts';
import type { Clock } from '../../world/world.ts';

const ASK_AGAIN_MS = 1_000;
/** A change of leaders is over well before. */
const PATIENCE_MS = 60_000;

/** What `ask` answers; said once that nothing is heard. Throws ChronosError when that lasts, and at once for any other reason. */
export async function patiently<T>(clock: Clock, ask: () => Promise<T>, progress: (text: string) => void): Promise<T> {
  const untilMs = clock.monotonicMs() + PATIENCE_MS;
  let isTold = false;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || clock.monotonicMs() >= untilMs) throw error;
      if (!isTold) progress(`${error.message}; trying again`);
      isTold = true;
      await clock.sleep(ASK_AGAIN_MS);
    }
  }
}

function isPassing(error: unknown): error is ChronosError {
  return error instanceof ChronosError && (error.code === 'unreachable' || error.code === 'unavailable');
}
