// The network between simulated machines: who reaches whom, how long it takes, what goes wrong.
import type { Engine } from '../core/engine.ts';
import type { ProcessLife } from '../core/process.ts';
import type { SeededRandom } from '../core/random.ts';
import type { BoundListener } from './listener.ts';

/** What the network does to exchanges between two machines; within one machine it is always fast and sound. */
export interface NetworkConditions {
  /** One way. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Chance that a packet takes up to `slowMs` longer. */
  readonly slowChance: number;
  readonly slowMs: number;
  /** Chance that a request never arrives; the client's connection breaks, or its time runs out. */
  readonly loseRequestChance: number;
  /** Chance that a request arrives but its response does not: the client cannot know. */
  readonly loseResponseChance: number;
  /** Chance that a request (not one that opens a stream) arrives a second time, up to `duplicateWithinMs` later. */
  readonly duplicateChance: number;
  readonly duplicateWithinMs: number;
  /** Mean life of an open stream before its connection breaks; Infinity = it holds. */
  readonly streamLifeMs: number;
  /** Chance that a chunk arrives in two pieces; pieces that wait for each other may also arrive as one. */
  readonly splitChance: number;
}

/** A quick network without faults (chunks are cut up all the same). */
export const SOUND_NETWORK: NetworkConditions = {
  minDelayMs: 0.2,
  maxDelayMs: 1,
  slowChance: 0,
  slowMs: 0,
  loseRequestChance: 0,
  loseResponseChance: 0,
  duplicateChance: 0,
  duplicateWithinMs: 0,
  streamLifeMs: Number.POSITIVE_INFINITY,
  splitChance: 0.05,
};

export interface NetworkHost {
  readonly name: string;
  readonly address: string;
  readonly isUp: boolean;
  readonly listeners: BoundListener[];
}

/** How often each fault struck. */
export interface NetworkCounts {
  requests: number;
  requestsLost: number;
  responsesLost: number;
  duplicates: number;
  streamsBroken: number;
  /** Connections given up because nothing came through. */
  stalled: number;
}

const LOOPBACK_DELAY_MS = 0.05;

/** Sound until `conditions` say otherwise; what goes wrong is counted. */
export class Network {
  readonly engine: Engine;
  readonly random: SeededRandom;
  conditions: NetworkConditions = SOUND_NETWORK;
  readonly counts: NetworkCounts = {
    requests: 0,
    requestsLost: 0,
    responsesLost: 0,
    duplicates: 0,
    streamsBroken: 0,
    stalled: 0,
  };
  readonly #hosts: NetworkHost[] = [];
  /** `from>to`, by host name. */
  readonly #blocked = new Set<string>();
  readonly #onHeal = new Set<() => void>();

  constructor(engine: Engine) {
    this.engine = engine;
    this.random = engine.random('network');
  }

  addHost(host: NetworkHost): void {
    this.#hosts.push(host);
  }

  /** The machine that `name` (a host name or an address, as seen from `from`) leads to, and at which address. */
  resolve(from: NetworkHost, name: string): { readonly host: NetworkHost; readonly address: string } | undefined {
    if (name === 'localhost') {
      return { host: from, address: '127.0.0.1' };
    }
    if (name.startsWith('127.')) {
      return { host: from, address: name };
    }
    const host = this.#hosts.find((candidate) => candidate.address === name || candidate.name === name);
    return host === undefined ? undefined : { host, address: host.address };
  }

  /** Nothing passes from `from` to `to` until healed; the other direction is left as it is. */
  blockOneWay(from: NetworkHost, to: NetworkHost): void {
    if (from !== to) {
      this.#blocked.add(`${from.name}>${to.name}`);
    }
  }

  /** Cuts every machine of `side` off from every machine that is not in it. */
  partition(side: readonly NetworkHost[]): void {
    for (const inside of side) {
      for (const outside of this.#hosts) {
        if (!side.includes(outside)) {
          this.blockOneWay(inside, outside);
          this.blockOneWay(outside, inside);
        }
      }
    }
  }

  /** Everybody reaches everybody again; what was waiting on connections still open comes through. */
  heal(): void {
    this.#blocked.clear();
    for (const fn of [...this.#onHeal]) {
      fn();
    }
  }

  isBlocked(from: NetworkHost, to: NetworkHost): boolean {
    return this.#blocked.size > 0 && this.#blocked.has(`${from.name}>${to.name}`);
  }

  onHeal(fn: () => void): () => void {
    this.#onHeal.add(fn);
    return () => this.#onHeal.delete(fn);
  }

  /** One way, for one packet. */
  delayMs(from: NetworkHost, to: NetworkHost): number {
    if (from === to) {
      return LOOPBACK_DELAY_MS;
    }
    const { minDelayMs, maxDelayMs, slowChance, slowMs } = this.conditions;
    const extra = this.random.chance(slowChance) ? this.random.float() * slowMs : 0;
    return this.random.between(minDelayMs, maxDelayMs) + extra;
  }

  /** How long a sender waits for a peer that does not answer before it gives its connection up. */
  giveUpAfterMs(): number {
    return this.random.between(8_000, 25_000);
  }
}

/** One end of a connection. */
export interface Endpoint {
  readonly life: ProcessLife;
  readonly host: NetworkHost;
}
