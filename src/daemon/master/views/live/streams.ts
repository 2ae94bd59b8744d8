// Who listens to the live endpoint, and what they are told. What happens to offers is written once for all, gathered over the
// turn; shares are looked at by a clock that runs only while somebody wants them. Without listeners there is nothing here.
import type { World } from '../../../../world/world.ts';
import type { MasterCore } from '../../core.ts';
import type { LiveObserver, OfferAnswer, OfferEnd } from '../../live-events.ts';
import type { MasterOffer } from '../../state/offer.ts';
import { agentForm, offerEventForm, offerForm, sharesForm } from './forms.ts';
import { eventFrame, LiveListener, type LiveTopic } from './listener.ts';

/** Offers told to a new listener; those beyond it are only counted. */
export const MAX_OFFERS = 20_000;
/** Rows of the tree of shares. */
export const MAX_SHARES = 1_000;
const SHARES_INTERVAL_MS = 500;
/** Looking takes at most this part of the time: with a million refusals in force it is seldomer. */
const SHARES_PART = 20;

type Core = Pick<MasterCore, 'state' | 'allocator' | 'live' | 'options'>;

/** `world`: with a clock that is not held back while the leadership is uncertain. */
export class LiveStreams implements LiveObserver {
  readonly #world: World;
  readonly #core: Core;
  readonly #listeners = new Set<LiveListener>();
  #silence: (() => void) | undefined;
  #shares: SharesClock | undefined;
  /** Frames of this turn, by topic. */
  #waiting: { readonly topic: LiveTopic; readonly frame: string }[] = [];

  constructor(world: World, core: Core) {
    this.#world = world;
    this.#core = core;
  }

  get count(): number {
    return this.#listeners.size;
  }

  /** The oldest one is ended when there are too many. */
  listen(topics: ReadonlySet<LiveTopic>): LiveListener {
    return new LiveListener({
      clock: this.#world.clock,
      topics,
      onOpen: (listener) => this.#open(listener),
      onEnd: (listener, isSlow) => this.#ended(listener, isSlow),
    });
  }

  offered(offer: MasterOffer): void {
    this.#tell('offers', 'offered', () => offerForm(offer));
  }

  offerEnded(offer: MasterOffer, how: OfferEnd, answer: OfferAnswer): void {
    this.#tell('offers', how, () => offerEventForm(offer, this.#world.clock.nowMs(), answer));
  }

  agentChanged(agentId: string): void {
    this.#tell('agents', 'agent', () => agentForm(this.#core.state, agentId));
  }

  /** Ends every stream. */
  close(): void {
    this.#flush();
    for (const listener of [...this.#listeners]) listener.end();
  }

  #open(listener: LiveListener): void {
    // What is in the first frames must not come a second time.
    this.#flush();
    this.#listeners.add(listener);
    this.#silence ??= this.#core.live.observe(this);
    const { state } = this.#core;
    if (listener.topics.has('offers')) {
      const offers: object[] = [];
      for (const offer of state.offers.values()) {
        if (offers.length === MAX_OFFERS) break;
        offers.push(offerForm(offer));
      }
      listener.send(eventFrame('offers', { total: state.offers.size, offers }));
    }
    if (listener.topics.has('agents')) {
      const absent = [...state.agents.registered.values()].filter((agent) => !agent.active);
      listener.send(eventFrame('agents', { inactive: absent.map(({ agentId }) => agentForm(state, agentId)) }));
    }
    if (listener.topics.has('shares')) {
      this.#shares ??= new SharesClock(this.#world, this.#core, (frame) => this.#send('shares', frame));
      if (!this.#shares.look()) listener.send(this.#shares.frame);
    }
    this.#endOldest();
  }

  #ended(listener: LiveListener, isSlow: boolean): void {
    this.#listeners.delete(listener);
    if (isSlow) this.#world.log.warn('cut off a listener to offers and shares that did not read');
    if (![...this.#listeners].some(({ topics }) => topics.has('shares'))) {
      this.#shares?.stop();
      this.#shares = undefined;
    }
    if (this.#listeners.size > 0) return;
    this.#silence?.();
    this.#silence = undefined;
    this.#waiting = [];
  }

  /** `data` is made now, of what is true now, and only where somebody listens to the topic. */
  #tell(topic: LiveTopic, name: string, data: () => object): void {
    if (![...this.#listeners].some(({ topics }) => topics.has(topic))) return;
    if (this.#waiting.length === 0) this.#world.clock.setTimer(0, () => this.#flush());
    this.#waiting.push({ topic, frame: eventFrame(name, data()) });
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const topic of new Set(waiting.map((one) => one.topic))) {
      const frames = waiting.filter((one) => one.topic === topic).map((one) => one.frame);
      this.#send(topic, frames.join(''));
    }
  }

  #send(topic: LiveTopic, frames: string): void {
    for (const listener of [...this.#listeners]) if (listener.topics.has(topic)) listener.send(frames);
  }

  #endOldest(): void {
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.size <= this.#core.options.maxOperatorEventStreamSubscribers) return;
      listener.end();
    }
  }
}

/** Looks whether shares have changed, twice a second, and tells them when they have. */
class SharesClock {
  readonly #core: Core;
  readonly #changed: (frame: string) => void;
  readonly #clock: World['clock'];
  readonly #ticks: { cancel(): void };
  #notBeforeMs = 0;
  #version: number | undefined;
  /** As of the last look. */
  frame = '';

  constructor({ clock }: World, core: Core, changed: (frame: string) => void) {
    this.#clock = clock;
    this.#core = core;
    this.#changed = changed;
    this.#ticks = clock.every(SHARES_INTERVAL_MS, () => this.look());
  }

  /** Whether there was something new, which has been told then. */
  look(): boolean {
    const { sharesVersion } = this.#core.allocator;
    const beginMs = this.#clock.monotonicMs();
    if (sharesVersion === this.#version || beginMs < this.#notBeforeMs) return false;
    this.#version = sharesVersion;
    const { allocator, state } = this.#core;
    const frame = eventFrame('shares', sharesForm(allocator.shares(MAX_SHARES), state, allocator));
    const endMs = this.#clock.monotonicMs();
    this.#notBeforeMs = endMs + (endMs - beginMs) * SHARES_PART;
    if (frame === this.frame) return false;
    this.frame = frame;
    this.#changed(frame);
    return true;
  }

  stop(): void {
    this.#ticks.cancel();
  }
}
