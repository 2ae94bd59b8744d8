// Sessions one after another for whoever needs ZooKeeper for long, and the words for why there is none.
import type { Timer, World } from '../../world/world.ts';
import type { ZooKeeperAddress } from './address.ts';
import { ClientSession, type SessionEnd } from './client/session.ts';
import type { Subscription, ZooKeeperConnection, ZooKeeperSession } from './session.ts';
import { Troubles } from './trouble/troubles.ts';
import { ZooKeeperError } from './zookeeper-error.ts';

/** How a connection behaves. */
export interface ConnectOptions {
  /** How long the ensemble keeps a session of which it hears nothing; it has bounds of its own (2 to 20 of its ticks). */
  readonly sessionTimeoutMs: number;
}

/** What is used of World. */
export type ZooKeeperWorld = Pick<World, 'clock' | 'random' | 'log' | 'host'>;

/** Between sessions that end soon after they began, doubling. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** Begins at once and goes on until `close`; nothing that the ensemble does or fails to do throws. */
export function connectZooKeeper(
  world: ZooKeeperWorld,
  address: ZooKeeperAddress,
  options: ConnectOptions,
): ZooKeeperConnection {
  return new Connection(world, address, options);
}

/** Somebody who waits for a session. */
interface Waiter {
  readonly resolve: (session: ZooKeeperSession) => void;
  readonly reject: (error: ZooKeeperError) => void;
}

class Connection implements ZooKeeperConnection {
  readonly where: string;
  readonly path: string;
  readonly #world: ZooKeeperWorld;
  readonly #address: ZooKeeperAddress;
  readonly #options: ConnectOptions;
  readonly #troubles: Troubles;
  readonly #subscribers = new Set<{ readonly fn: (session: ZooKeeperSession) => void; isStopped: boolean }>();
  readonly #waiters = new Set<Waiter>();
  /** The one that is used, or is being made. */
  #latest: ClientSession | undefined;
  #isOpen = false;
  #openedMs = 0;
  #pauseMs = 0;
  #pause: Timer | undefined;
  #isClosed = false;

  constructor(world: ZooKeeperWorld, address: ZooKeeperAddress, options: ConnectOptions) {
    this.where = address.where;
    this.path = address.path;
    this.#world = world;
    this.#address = address;
    this.#options = options;
    this.#troubles = new Troubles(world, address);
    this.#begin();
  }

  get session(): ZooKeeperSession | undefined {
    const state = this.#latest?.state;
    return this.#isOpen && (state === 'connected' || state === 'suspended') ? this.#latest : undefined;
  }

  get trouble(): string | undefined {
    return this.session === undefined ? this.#troubles.words : undefined;
  }

  connected(timeoutMs: number): Promise<ZooKeeperSession> {
    if (this.#isClosed) return Promise.reject(this.#closedError());
    if (this.session !== undefined) return Promise.resolve(this.session);
    if (this.#troubles.areCredentials) return Promise.reject(this.#authError());
    return new Promise((resolve, reject) => {
      const timer = this.#world.clock.setTimer(timeoutMs, () => {
        const why = this.trouble ?? 'no server has answered yet';
        waiter.reject(
          new ZooKeeperError('timed-out', `No session with ZooKeeper at ${this.where} within ${timeoutMs} ms: ${why}`),
        );
      });
      const done = (): void => {
        timer.cancel();
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        resolve: (session) => {
          done();
          resolve(session);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  onSession(fn: (session: ZooKeeperSession) => void): Subscription {
    const subscriber = { fn, isStopped: false };
    this.#subscribers.add(subscriber);
    const { session } = this;
    if (session !== undefined) this.#tell(subscriber, session);
    return {
      stop: () => {
        subscriber.isStopped = true;
        this.#subscribers.delete(subscriber);
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pause?.cancel();
    this.#troubles.close();
    for (const waiter of [...this.#waiters]) waiter.reject(this.#closedError());
    await this.#latest?.close();
  }

  #begin(): void {
    const { sessionTimeoutMs } = this.#options;
    const session = new ClientSession(
      this.#world,
      { address: this.#address, sessionTimeoutMs },
      {
        opened: () => this.#onOpened(session),
        connected: () => this.#troubles.over(),
        trouble: (trouble) => this.#troubles.met(trouble),
        ended: (why) => this.#onEnded(session, why),
      },
    );
    this.#latest = session;
  }

  #onOpened(session: ClientSession): void {
    if (this.#isClosed) return;
    this.#isOpen = true;
    this.#openedMs = this.#world.clock.monotonicMs();
    this.#world.log.info('Session with ZooKeeper', {
      where: this.where,
      session: session.id,
      timeoutMs: session.timeoutMs,
    });
    for (const waiter of [...this.#waiters]) waiter.resolve(session);
    for (const subscriber of this.#subscribers) this.#tell(subscriber, session);
  }

  #tell(subscriber: { fn: (session: ZooKeeperSession) => void; isStopped: boolean }, session: ZooKeeperSession): void {
    queueMicrotask(() => {
      if (!subscriber.isStopped) subscriber.fn(session);
    });
  }

  #onEnded(session: ClientSession, why: SessionEnd): void {
    const { clock, log } = this.#world;
    const livedMs = this.#isOpen ? clock.monotonicMs() - this.#openedMs : 0;
    if (this.#isOpen)
      log[why === 'closed' ? 'debug' : 'warn'](ENDINGS[why], { where: this.where, session: session.id });
    this.#isOpen = false;
    this.#latest = undefined;
    if (this.#isClosed) return;
    if (why === 'auth-failed') {
      this.#troubles.credentialsRefused();
      for (const waiter of [...this.#waiters]) waiter.reject(this.#authError());
    }
    if (livedMs > this.#options.sessionTimeoutMs) this.#pauseMs = 0;
    this.#pause = clock.setTimer(this.#pauseMs * (0.5 + this.#world.random.float() / 2), () => this.#begin());
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
  }

  #closedError(): ZooKeeperError {
    return new ZooKeeperError('closed', `The connection to ZooKeeper at ${this.where} was closed`);
  }

  #authError(): ZooKeeperError {
    return new ZooKeeperError('auth-failed', `ZooKeeper at ${this.where}: ${this.#troubles.words}`);
  }
}

const ENDINGS: Readonly<Record<SessionEnd, string>> = {
  expired: 'The session with ZooKeeper has expired',
  silent: 'The session with ZooKeeper is given up: no server answered for as long as its time-out',
  'auth-failed': 'ZooKeeper refuses the credentials',
  closed: 'The session with ZooKeeper is closed',
};
