// Keeps a subscription to one of several Marathons alive: next one after each failure, waiting longer each time
// (haproxy.md 14.8, 14.9).
import type { HttpHeaders } from '../../world/net.ts';
import type { Timer, World } from '../../world/world.ts';
import { type Subscription, subscribe } from './subscription.ts';

export const FIRST_WAIT_MS = 1_000;
export const LONGEST_WAIT_MS = 30_000;
const GROWTH = 1.5;
/** Waits are shortened by up to this share, so that many balancers do not come back in the same second. */
const JITTER = 0.25;
/** After a connection of this length the next wait is the first again. */
const GOOD_CONNECTION_MS = 60_000;

/** Whom to ask, and how. Addresses without a slash at the end. */
export interface MarathonPlaces {
  readonly marathons: readonly string[];
  readonly headers: HttpHeaders;
  readonly insecureTls: boolean;
}

/** Called one after the other. */
export interface StreamListener {
  /** To this Marathon; whatever happened before may have been missed. */
  connected(marathon: string): void;
  changed(type: string): void;
  /** Tried again in `waitMs`. */
  disconnected(marathon: string, why: string, waitMs: number): void;
}

/** Starts with the first Marathon, and goes on until `stop`. */
export class StreamKeeper {
  readonly #world: Pick<World, 'net' | 'clock' | 'random'>;
  readonly #places: MarathonPlaces;
  readonly #listener: StreamListener;
  #subscription: Subscription | undefined;
  #retry: Timer | undefined;
  #waitMs = FIRST_WAIT_MS;
  /** Index of the Marathon that is asked. */
  #at = 0;
  #attachedAtMs: number | undefined;
  #isStopped = false;

  constructor(world: Pick<World, 'net' | 'clock' | 'random'>, places: MarathonPlaces, listener: StreamListener) {
    this.#world = world;
    this.#places = places;
    this.#listener = listener;
  }

  get isConnected(): boolean {
    return this.#attachedAtMs !== undefined;
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    this.#attachedAtMs = undefined;
    this.#retry?.cancel();
    this.#subscription?.close();
  }

  #connect(): void {
    const { marathons, headers, insecureTls } = this.#places;
    const marathon = marathons[this.#at % marathons.length];
    if (marathon === undefined || this.#isStopped) return;
    this.#subscription = subscribe(
      this.#world,
      { marathon, headers, trusted: marathons, insecureTls },
      {
        attached: () => {
          this.#attachedAtMs = this.#world.clock.monotonicMs();
          this.#listener.connected(marathon);
        },
        changed: (type) => this.#listener.changed(type),
        ended: (why) => this.#lost(marathon, why),
      },
    );
  }

  #lost(marathon: string, why: string): void {
    const attachedAtMs = this.#attachedAtMs;
    this.#attachedAtMs = undefined;
    if (attachedAtMs !== undefined && this.#world.clock.monotonicMs() - attachedAtMs >= GOOD_CONNECTION_MS) {
      this.#waitMs = FIRST_WAIT_MS;
    }
    const waitMs = this.#waitMs * (1 - JITTER * this.#world.random.float());
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * GROWTH);
    this.#at = (this.#at + 1) % this.#places.marathons.length;
    this.#retry = this.#world.clock.setTimer(waitMs, () => this.#connect());
    this.#listener.disconnected(marathon, why, waitMs);
  }
}
