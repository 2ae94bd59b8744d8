// Addresses of agents by name. Names are looked up at most every half minute, and one that cannot be looked up for now keeps
// the address it had: a hiccup of DNS must not take servers away (haproxy.md 2.3.4).

import type { World } from '../../world/world.ts';
import { isHostName, parseAddress } from '../grammar/addresses.ts';

const FRESH_MS = 30_000;
/** A name without an address is asked for again sooner. */
const FAILED_FRESH_MS = 5_000;
const LOOKUP_TIMEOUT_MS = 5_000;
/** For all names of a turn together, however many there are; the rest go on with what they had until the next. */
const ALL_LOOKUPS_MS = 10_000;
const AT_ONCE = 32;
/** Names not asked for any more are forgotten above this. */
const MOST_NAMES = 10_000;

interface Entry {
  readonly address: string | undefined;
  readonly untilMs: number;
}

/** Lives as long as the process; each turn asks it for all names at once. */
export class AddressBook {
  readonly #world: Pick<World, 'host' | 'clock' | 'log'>;
  readonly #entries = new Map<string, Entry>();

  constructor(world: Pick<World, 'host' | 'clock' | 'log'>) {
    this.#world = world;
  }

  /** Addresses of those names that have one, or had one. Literals need none and are not in it; never throws. */
  async resolve(names: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const wanted = new Set<string>();
    for (const name of names) if (isHostName(name) && parseAddress(name) === undefined) wanted.add(name);
    const nowMs = this.#world.clock.monotonicMs();
    const stale = [...wanted].filter((name) => this.#untilMs(name) <= nowMs);
    // Should time not suffice for all, those are first that waited longest.
    stale.sort((a, b) => this.#untilMs(a) - this.#untilMs(b));
    const queue = stale.values();
    const work = () => this.#work(queue, nowMs + ALL_LOOKUPS_MS);
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, stale.length) }, work));
    const [unasked] = queue;
    if (unasked !== undefined) this.#world.log.warn('not all agents could be looked up in time', { first: unasked });
    if (this.#entries.size > MOST_NAMES) {
      for (const name of this.#entries.keys()) if (!wanted.has(name)) this.#entries.delete(name);
    }
    const addresses = new Map<string, string>();
    for (const name of wanted) {
      const address = this.#entries.get(name)?.address;
      if (address !== undefined) addresses.set(name, address);
    }
    return addresses;
  }

  #untilMs(name: string): number {
    return this.#entries.get(name)?.untilMs ?? 0;
  }

  async #work(queue: Iterator<string>, endsMs: number): Promise<void> {
    while (this.#world.clock.monotonicMs() < endsMs) {
      const next = queue.next();
      if (next.done === true) return;
      await this.#lookUp(next.value);
    }
  }

  async #lookUp(name: string): Promise<void> {
    const { clock, log } = this.#world;
    try {
      const address = parseAddress(await this.#withinTime(name));
      if (address === undefined) throw new Error('the answer is no IP address');
      this.#entries.set(name, { address, untilMs: clock.monotonicMs() + FRESH_MS });
    } catch (error) {
      const address = this.#entries.get(name)?.address;
      log.warn('an agent cannot be looked up', { agent: name, goesOnWith: address ?? 'nothing', error: String(error) });
      this.#entries.set(name, { address, untilMs: clock.monotonicMs() + FAILED_FRESH_MS });
    }
  }

  #withinTime(name: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = this.#world.clock.setTimer(LOOKUP_TIMEOUT_MS, () => reject(new Error('no answer in time')));
      this.#world.host
        .lookup(name)
        .then(resolve, reject)
        .finally(() => late.cancel());
    });
  }
}
