// Waiting for somebody else while fetching, who may take long, for a container that may be killed meanwhile.
import type { World } from '../../../../world/world.ts';
import { FetchError } from './uri.ts';

/** Between looks at whether what is fetched is wanted still. */
export const CANCEL_CHECK_MS = 500;

/**
 * What `work` says, unless it is not wanted any more before that: then FetchError at the next look, and `discard` gets what
 * comes too late.
 */
export async function unlessCancelled<T>(
  { clock }: Pick<World, 'clock'>,
  isCancelled: () => boolean,
  work: Promise<T>,
  discard: (late: T) => void = () => undefined,
): Promise<T> {
  const cancelled = Promise.withResolvers<never>();
  const timer = clock.every(CANCEL_CHECK_MS, () => {
    if (!isCancelled()) return;
    timer.cancel();
    cancelled.reject(new FetchError('fetching was cancelled'));
    // Nobody is there any more who could be told how it ended.
    work.then(discard, () => undefined);
  });
  try {
    return await Promise.race([work, cancelled.promise]);
  } finally {
    timer.cancel();
  }
}
