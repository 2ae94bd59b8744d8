// What the operator events of the original do not tell: what becomes of offers, and agents that come and go without being
// registered anew, or are lost (mesos-api.md 6.2). Told synchronously, after the state has changed; nobody is asked to listen, and then it costs nothing.
import type { MasterOffer } from './state/offer.ts';

/**
 * How an offer ended. `rescinded`: taken back, and the framework was told. `withdrawn`: taken back without a word, e.g.
 * with its framework.
 */
export type OfferEnd = 'accepted' | 'declined' | 'rescinded' | 'withdrawn';

/** What the framework said with it. `operations`: types as they came, one for each task that is launched. */
export interface OfferAnswer {
  readonly refuseSeconds?: number;
  readonly operations?: string;
}

/** Listeners read, they never change anything and never throw. */
export interface LiveObserver {
  offered(offer: MasterOffer): void;
  offerEnded(offer: MasterOffer, how: OfferEnd, answer: OfferAnswer): void;
  /** Its stream broke, or it is back on another one; it is out of reach, or gone. The books say which. */
  agentChanged(agentId: string): void;
}

/** Fan-out to any number of observers. */
export class LiveEvents implements LiveObserver {
  readonly #observers = new Set<LiveObserver>();

  /** Returns the function that ends the observation. */
  observe(observer: LiveObserver): () => void {
    this.#observers.add(observer);
    return () => {
      this.#observers.delete(observer);
    };
  }

  /** Whether telling is of any use. */
  get isHeard(): boolean {
    return this.#observers.size > 0;
  }

  offered(offer: MasterOffer): void {
    for (const observer of this.#observers) observer.offered(offer);
  }

  offerEnded(offer: MasterOffer, how: OfferEnd, answer: OfferAnswer = {}): void {
    for (const observer of this.#observers) observer.offerEnded(offer, how, answer);
  }

  agentChanged(agentId: string): void {
    for (const observer of this.#observers) observer.agentChanged(agentId);
  }
}
