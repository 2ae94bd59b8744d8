// Which server to try next: every address of every name once, in random order, names looked up again for each round, and a
// pause between rounds that grows.
import type { World } from '../../../world/world.ts';
import { textOfServer, type ZooKeeperServer } from '../address.ts';

/** Pauses double from the first to the last; the true one is drawn between its half and the whole. */
const FIRST_PAUSE_MS = 50;

/** A name service that takes longer is not waited for where an older answer is at hand. */
const LOOKUP_PATIENCE_MS = 500;

/** `unresolved`: no address is known of any of the names at the moment, which `why` explains. */
export type NextServer =
  | { readonly kind: 'server'; readonly server: ZooKeeperServer }
  | { readonly kind: 'unresolved'; readonly why: string };

/** Of one session or of the wish for one. */
export class Servers {
  readonly #world: Pick<World, 'clock' | 'random' | 'host'>;
  readonly #listed: readonly ZooKeeperServer[];
  /** No pause between two rounds is longer. */
  longestPauseMs: number;
  readonly #known = new Map<string, readonly string[]>();
  #round: ZooKeeperServer[] = [];
  #latest: string | undefined;
  #pauseMs = 0;

  constructor(
    world: Pick<World, 'clock' | 'random' | 'host'>,
    listed: readonly ZooKeeperServer[],
    longestPauseMs: number,
  ) {
    this.#world = world;
    this.#listed = listed;
    this.longestPauseMs = longestPauseMs;
  }

  /** Waits when all were tried. */
  async next(): Promise<NextServer> {
    if (this.#round.length === 0) {
      if (this.#pauseMs > 0) await this.#world.clock.sleep(this.#pauseMs * (0.5 + this.#world.random.float() / 2));
      this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, FIRST_PAUSE_MS), this.longestPauseMs);
      const why = await this.#resolve();
      if (why !== undefined) return { kind: 'unresolved', why };
    }
    const server = this.#round.shift();
    if (server === undefined) throw new Error('a list of ZooKeeper servers without servers');
    this.#latest = textOfServer(server);
    return { kind: 'server', server };
  }

  /** One answered: when it is lost, all are tried again without a pause, this one last. */
  succeeded(): void {
    this.#round = [];
    this.#pauseMs = 0;
  }

  /** Fills the round; says why not when it could not. A name that is unknown is no reason to leave out the others. */
  async #resolve(): Promise<string | undefined> {
    const failures: string[] = [];
    const found = await Promise.all(
      this.#listed.map(async ({ host, port }) => {
        try {
          return (await this.#addresses(host)).map((address) => ({ host: address, port }));
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
          return [];
        }
      }),
    );
    const unique = new Map(found.flat().map((server) => [textOfServer(server), server]));
    const latest = this.#latest === undefined ? undefined : unique.get(this.#latest);
    const others = [...unique.values()].filter((server) => server !== latest);
    this.#round = [...this.#world.random.shuffle(others), ...(latest === undefined ? [] : [latest])];
    return this.#round.length > 0 ? undefined : failures.join('; ');
  }

  /** One name that cannot be looked up quickly must not keep a session from the servers that we know. */
  async #addresses(host: string): Promise<readonly string[]> {
    const asked = this.#world.host.lookupAll(host).then((found) => {
      this.#known.set(host, found);
      return found;
    });
    const known = this.#known.get(host);
    if (known === undefined) return asked;
    const late = Promise.withResolvers<readonly string[]>();
    const timer = this.#world.clock.setTimer(LOOKUP_PATIENCE_MS, () => late.resolve(known));
    return Promise.race([asked.catch(() => known), late.promise]).finally(() => timer.cancel());
  }
}
