// Looks at an election again and again, over any number of sessions: after each look whatever it left watched wakes the next.
import type { Subscription, ZooKeeperSession } from '../session.ts';
import { type Place, RETRY_MS } from './place.ts';
import { Signal } from './signal.ts';
import { isOver, Trouble } from './trouble.ts';

/** What an onlooker does. Nothing is called after `stop`. */
export interface Look {
  /** For the log, when it cannot be done. */
  readonly what: string;
  /**
   * Subscribes to what will change the answer, with `changed`, and puts the subscriptions into `watches`, which are stopped
   * before the next look. Throws ZooKeeperError; then it is tried again after a pause.
   */
  look(session: ZooKeeperSession, watches: Subscription[], changed: () => void): Promise<void>;
  /** The session was lost: of what was seen in it nothing is known any more. */
  lost(): void;
  failed?(error: unknown): void;
}

/** Starts at once. */
export class Following {
  readonly #look: Look;
  readonly #trouble: Trouble;
  readonly #changed: Signal;
  readonly #sessions: Subscription;
  #session: ZooKeeperSession | undefined;
  #isStopped = false;

  constructor(place: Place, look: Look) {
    this.#look = look;
    this.#changed = new Signal(place.world.clock);
    this.#trouble = new Trouble(place, look.what);
    this.#sessions = place.connection.onSession((session) => void this.#follow(session));
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.#sessions.stop();
    this.#changed.raise();
  }

  /** Whether what is learnt in this session is still wanted. */
  isIn(session: ZooKeeperSession): boolean {
    return this.#isLatest(session) && !isOver(session);
  }

  async #follow(session: ZooKeeperSession): Promise<void> {
    this.#session = session;
    const states = session.onState((state) => {
      if (state === 'lost' && this.#isLatest(session)) this.#look.lost();
      this.#changed.raise();
    });
    while (this.isIn(session)) {
      const watches: Subscription[] = [];
      try {
        await this.#look.look(session, watches, this.#changed.raise);
        this.#trouble.passed();
        await this.#changed.wait();
      } catch (error) {
        if (this.isIn(session)) {
          this.#trouble.told(error);
          this.#look.failed?.(error);
          await this.#changed.wait(RETRY_MS);
        }
      } finally {
        for (const watch of watches) watch.stop();
      }
    }
    states.stop();
  }

  #isLatest(session: ZooKeeperSession): boolean {
    return !this.#isStopped && this.#session === session;
  }
}
