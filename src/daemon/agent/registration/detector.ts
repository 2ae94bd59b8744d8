// Where the master is: an address from the command line now, an election to follow later. The link asks nothing else.
import { baseUrl } from '../../../client/master-addresses.ts';
import type { World } from '../../../world/world.ts';

/** Where the master is, by whatever means. */
export interface MasterDetector {
  /**
   * Calls `fn` with the base URL of the master to talk to, from a later turn, and again whenever it changes; undefined =
   * nobody leads. The master there may still redirect to the one that does.
   */
  watch(fn: (base: string | undefined) => void): MasterWatch;
}

/** Nothing is called after `stop`. */
export interface MasterWatch {
  stop(): void;
}

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
    throw new MasterAddressError(
      '--master=zk://… is not supported yet: give host:port of a master, it redirects to the leader',
    );
  }
  try {
    return new FixedMaster(world, baseUrl(text));
  } catch (cause) {
    throw new MasterAddressError(`--master '${master}' is no address: expected host:port or http://host:port`, {
      cause,
    });
  }
}

class FixedMaster implements MasterDetector {
  readonly #world: World;
  readonly #base: string;

  constructor(world: World, base: string) {
    this.#world = world;
    this.#base = base;
  }

  watch(fn: (base: string | undefined) => void): MasterWatch {
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
