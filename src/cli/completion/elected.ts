// The leading master of an election, for completion: without the parts of the real World that take long to load.
import { realClock } from '../../world/real/clock.ts';
import { realHost } from '../../world/real/host.ts';
import { realRandom } from '../../world/real/random.ts';
import type { Log } from '../../world/world.ts';
import { openElection } from '../masters/open.ts';

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** Its base URL. Throws when nobody is found within `timeoutMs`. */
export async function leaderOf(url: string, timeoutMs: number): Promise<string> {
  const world = { clock: realClock, random: realRandom, host: realHost, log: silent };
  const { source, close } = await openElection(world, url, 10_000);
  try {
    const found = await source.find(timeoutMs);
    if (found.kind !== 'found') throw new Error(found.message);
    return found.base;
  } finally {
    await close();
  }
}
