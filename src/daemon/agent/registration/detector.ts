// Where the master is: an address from the command line, or an election that whoever starts the agent follows for it. The
// link asks nothing else.
import type { LeaderSource, LeaderWatch } from '../../../client/leader-source.ts';
import { baseUrl } from '../../../client/master-addresses.ts';
import type { World } from '../../../world/world.ts';

/** Where the master is, by whatever means. The master there may still redirect to the one that leads. */
export type MasterDetector = Pick<LeaderSource, 'watch'>;

/** `--master` cannot be used; the message says why and what is expected. */
export class MasterAddressError extends Error {
  override readonly name = 'MasterAddressError';
  readonly code = 'bad-master';
}

/**
 * The detector for what `--master` says: `host:port`, `http://host:port` or `file:///path` of a file that holds one.
 * Throws MasterAddressError.
 */
export async function openDetector(world: World, master: string): Promise<MasterDetector> {
  const text = master.startsWith('file://') ? await readAddress(world, master.slice('file://'.length)) : master.trim();
  if (text.startsWith('zk://')) {
    throw new MasterAddressError('an election was named as --master, but nobody follows it for this agent');
  }
  try {
    return new FixedMaster(world, baseUrl(text));
  } catch (cause) {
    throw new MasterAddressError(
      `--master '${master}' is no address: expected host:port, http://host:port or zk://host:port/path`,
      { cause },
    );
  }
}

class FixedMaster implements MasterDetector {
  readonly #world: World;
  readonly #base: string;

  constructor(world: World, base: string) {
    this.#world = world;
    this.#base = base;
  }

  watch(fn: (base: string | undefined) => void): LeaderWatch {
    const timer = this.#world.clock.setTimer(0, () => fn(this.#base));
    return { stop: () => timer.cancel() };
  }
}

async function readAddress(world: World, path: string): Promise<string> {
  try {
    return (await world.disk.readText(path)).trim();
  } catch (cause) {
    throw new MasterAddressError(`--master names the file ${path}, which cannot be read`, { cause });
  }
}
