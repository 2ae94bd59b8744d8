// One session: promises, deadlines, watches and the honest answer to "is it still ours" over one GuardedConnection.
import type { Timer, World } from '../../../world/world.ts';
import type { ZooKeeperAddress } from '../address.ts';
import type {
  CreateOptions,
  NodeData,
  NodeOperation,
  NodeStat,
  SessionState,
  Subscription,
  ZooKeeperSession,
} from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { Deadlines } from './deadlines.ts';
import { errorOf, NO_NODE } from './error-codes.ts';
import { type ConnectionListener, GuardedConnection } from './guarded-connection.ts';
import {
  childrenQuestion,
  createQuestion,
  existsQuestion,
  getQuestion,
  hexadecimal,
  multiQuestion,
  type Ownership,
  type Question,
  removeQuestion,
  setQuestion,
  syncQuestion,
} from './requests.ts';
import { Servers } from './servers.ts';
import type { Trouble } from './trouble.ts';
import { Watches } from './watches.ts';

/** What a session is opened with. */
export interface SessionOptions {
  readonly address: ZooKeeperAddress;
  /** As wished; the server has bounds of its own. */
  readonly sessionTimeoutMs: number;
}

/** What its owner is told, from a later turn than that of the call that caused it. */
export interface SessionEvents {
  /** Once: a server has made the session. */
  opened(): void;
  /** A server has it, for the first time or again. */
  connected(): void;
  trouble(trouble: Trouble): void;
  /** Once: it is over, or was never made. */
  ended(why: SessionEnd): void;
}

/** `expired`: a server said so. `silent`: no server answered for as long as the time-out. */
export type SessionEnd = 'expired' | 'silent' | 'auth-failed' | 'closed';

/** Operations that wait for a connection or their turn. More are refused. */
const MAX_WAITING = 50_000;
/** Operations are given up after so many session time-outs. */
const PATIENCE = 2;
/** Instead of an error number of the server, which are negative. */
const ENDED = 1;
/** Without a session nobody waits, so tries may be further apart. */
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_IN_SESSION_MS = 500;

/** See ZooKeeperSession. Begins to connect at once; `opened` is told when it can be used. */
export class ClientSession implements ZooKeeperSession {
  readonly #world: Pick<World, 'clock' | 'random' | 'host'>;
  readonly #events: SessionEvents;
  readonly #connection: GuardedConnection;
  readonly #servers: Servers;
  readonly #watches: Watches;
  readonly #deadlines = new Deadlines();
  readonly #stateSubscribers = new Set<{ readonly fn: (state: SessionState) => void; isStopped: boolean }>();
  readonly #ownership: Ownership;
  readonly #serverCount: number;
  readonly #ticker: Timer;
  readonly #tickMs: number;
  readonly #closed = Promise.withResolvers<void>();
  #state: SessionState = 'suspended';
  #isOpen = false;
  #hasEnded = false;
  #suspendedMs: number;
  #lastTickMs: number;
  #heartbeatIsOut = false;

  constructor(world: Pick<World, 'clock' | 'random' | 'host'>, options: SessionOptions, events: SessionEvents) {
    const { address, sessionTimeoutMs } = options;
    this.#world = world;
    this.#events = events;
    this.#serverCount = address.servers.length;
    this.#ownership = address.user === undefined ? 'open' : 'owned';
    this.#servers = new Servers(world, address.servers, LONGEST_PAUSE_MS);
    const wire = { sessionTimeoutMs, digest: address.digest() };
    this.#connection = new GuardedConnection(world, this.#servers, wire, this.#listener());
    this.#watches = new Watches((question, reply) => this.#connection.ask(question, reply));
    this.#suspendedMs = world.clock.monotonicMs();
    this.#lastTickMs = this.#suspendedMs;
    this.#tickMs = Math.min(Math.max(sessionTimeoutMs / 20, 20), 200);
    this.#ticker = world.clock.every(this.#tickMs, () => this.#tick());
    this.#connection.connect();
  }

  get id(): string {
    return hexadecimal(this.#connection.id);
  }

  get timeoutMs(): number {
    return this.#connection.timeoutMs;
  }

  get state(): SessionState {
    return this.#state;
  }

  isCertain(): boolean {
    if (!this.#isOpen || this.#state === 'lost' || this.#state === 'closed') return false;
    return this.#world.clock.monotonicMs() - this.#connection.lastProvenMs < (this.timeoutMs * 2) / 3;
  }

  onState(fn: (state: SessionState) => void): Subscription {
    const subscriber = { fn, isStopped: false };
    this.#stateSubscribers.add(subscriber);
    return {
      stop: () => {
        subscriber.isStopped = true;
        this.#stateSubscribers.delete(subscriber);
      },
    };
  }

  create(path: string, data: Uint8Array, options: CreateOptions = {}): Promise<string> {
    return this.#ask(() => createQuestion(path, data, options, this.#ownership));
  }

  async ensurePath(path: string, access: 'private' | 'published' = 'private'): Promise<void> {
    if (path === '/' || (await this.#ask(() => existsQuestion(path, false))) !== undefined) return;
    await this.ensurePath(path.slice(0, Math.max(path.lastIndexOf('/'), 1)), access);
    try {
      await this.create(path, new Uint8Array(), { access });
    } catch (error) {
      if (!(error instanceof ZooKeeperError) || error.code !== 'node-exists') throw error;
    }
  }

  get(path: string): Promise<NodeData | undefined> {
    return this.#ask(() => getQuestion(path));
  }

  children(path: string): Promise<string[] | undefined> {
    return this.#ask(() => childrenQuestion(path, false));
  }

  set(path: string, data: Uint8Array, version = -1): Promise<NodeStat> {
    return this.#ask(() => setQuestion(path, data, version));
  }

  remove(path: string, version = -1): Promise<void> {
    return this.#ask(() => removeQuestion(path, version));
  }

  multi(operations: readonly NodeOperation[]): Promise<void> {
    return this.#ask(() => multiQuestion(operations, this.#ownership));
  }

  sync(path: string): Promise<void> {
    return this.#ask(() => syncQuestion(path));
  }

  watchData(path: string, fn: () => void): Subscription {
    return this.#watches.add('data', path, fn);
  }

  watchChildren(path: string, fn: () => void): Subscription {
    return this.#watches.add('children', path, fn);
  }

  close(): Promise<void> {
    if (this.#state !== 'lost' && this.#state !== 'closed') {
      this.#setState('closed');
      this.#connection.close();
    }
    return this.#closed.promise;
  }

  #listener(): ConnectionListener {
    return {
      connected: () => this.#onConnected(),
      disconnected: () => {
        this.#suspendedMs = this.#world.clock.monotonicMs();
        this.#heartbeatIsOut = false;
        if (this.#state === 'connected') this.#setState('suspended');
      },
      trouble: (trouble) => this.#events.trouble(trouble),
      ended: (why) => this.#end(why),
      event: (type, path) => this.#watches.event(type, path),
      watchedPaths: () => this.#watches.paths(),
    };
  }

  #onConnected(): void {
    this.#heartbeatIsOut = false;
    this.#watches.connected();
    if (this.#isOpen) this.#serves();
    else this.#prove();
  }

  /** A server may take us and refuse whatever we ask: there is a session when something was answered. */
  #prove(): void {
    this.#connection.ask(
      syncQuestion('/'),
      (code) => {
        if (code !== 0 || this.#hasEnded) return;
        this.#isOpen = true;
        this.#servers.longestPauseMs = LONGEST_PAUSE_IN_SESSION_MS;
        this.#serves();
        this.#events.opened();
      },
      'first',
    );
  }

  #serves(): void {
    if (this.#state === 'suspended') this.#setState('connected');
    this.#events.connected();
  }

  /** Everything that goes by the clock. */
  #tick(): void {
    const nowMs = this.#world.clock.monotonicMs();
    const isLate = nowMs - this.#lastTickMs > this.#tickMs + this.timeoutMs / 6;
    this.#lastTickMs = nowMs;
    this.#deadlines.tick(nowMs);
    // After the loop was blocked the sockets have not been heard yet: judge them with the next tick (trap 17).
    if (isLate) return;
    const connection = this.#connection;
    if (connection.isConnected) this.#tend(nowMs);
    else if (connection.isTrying && nowMs - connection.lastHeardMs > this.#tryPatienceMs()) connection.abandon('mute');
    if (this.#isOpen && this.#state === 'suspended' && nowMs > this.#expiryMs()) this.#end('silent');
  }

  /** Asks for a sign of life in time, and gives up the server that gives none (trap 1). */
  #tend(nowMs: number): void {
    const { lastHeardMs, lastProvenMs } = this.#connection;
    const heard = nowMs - lastHeardMs <= (this.timeoutMs * 2) / 3;
    // A server that is cut off from its leader still answers what it can answer alone; we must not stay with it.
    const proven = nowMs - lastProvenMs <= this.timeoutMs;
    if (!heard || !proven) this.#connection.abandon('mute');
    else if (!this.#heartbeatIsOut && nowMs - lastProvenMs >= this.timeoutMs / 4 - this.#tickMs) this.#beat();
  }

  /** Not a ping: the server alone answers that, also when its leader has long counted us out. A sync asks the leader. */
  #beat(): void {
    this.#heartbeatIsOut = true;
    const answered = (): void => {
      this.#heartbeatIsOut = false;
    };
    this.#connection.ask(syncQuestion('/'), answered, 'first');
  }

  /** For connecting and the handshake (trap 2): so that all servers can be tried before the session is over. */
  #tryPatienceMs(): number {
    return Math.min(Math.max((this.timeoutMs * 2) / 3 / this.#serverCount, 200), 5_000);
  }

  /**
   * When no server can be expected to know us any more (trap 4). After a long sleep the servers get a chance to say so
   * themselves: they may have slept too.
   */
  #expiryMs(): number {
    return Math.max(this.#connection.lastProvenMs + this.timeoutMs, this.#suspendedMs + this.timeoutMs / 3);
  }

  #end(why: SessionEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#ticker.cancel();
    if (this.#state !== 'closed') this.#setState('lost');
    this.#connection.destroy();
    for (const packet of this.#connection.drain()) packet.reply(ENDED, Buffer.alloc(0));
    this.#closed.resolve();
    queueMicrotask(() => this.#events.ended(why));
  }

  #setState(state: SessionState): void {
    this.#state = state;
    for (const subscriber of this.#stateSubscribers) {
      queueMicrotask(() => {
        if (!subscriber.isStopped) subscriber.fn(state);
      });
    }
  }

  #over(what: string, path?: string): ZooKeeperError {
    if (this.#state === 'closed') return new ZooKeeperError('closed', `${what}: the session was closed`, { path });
    return new ZooKeeperError('session-lost', `${what}: the session is over`, { path });
  }

  /** `pose` may throw ZooKeeperError, as for a request that is too large. */
  #ask<T>(pose: () => Question<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const question = pose();
      const { what, path } = question;
      if (this.#state === 'lost' || this.#state === 'closed') throw this.#over(what, path);
      if (this.#connection.waiting >= MAX_WAITING) {
        throw new ZooKeeperError('other', `${what}: ${MAX_WAITING} operations wait already`, { path });
      }
      const dated = { isSettled: false, giveUp };
      const packet = this.#connection.ask(question, (code, answer) => {
        dated.isSettled = true;
        if (code === ENDED) reject(this.#over(what, path));
        else if (code === NO_NODE && question.absent !== undefined) resolve(question.absent());
        else if (code !== 0) reject(errorOf(code, what, path));
        else settle(question, answer, resolve, reject);
      });
      const { timeoutMs } = this;
      const connection = this.#connection;
      this.#deadlines.add(this.#world.clock.monotonicMs() + timeoutMs * PATIENCE, dated);

      function giveUp(): void {
        connection.withdraw(packet);
        const sent = packet.sentMs === undefined ? 'it was not sent' : 'it may have happened';
        const seconds = (timeoutMs * PATIENCE) / 1_000;
        reject(new ZooKeeperError('timed-out', `${what}: no answer within ${seconds} s, ${sent}`, { path }));
      }
    });
  }
}

/** Throws when the answer cannot be read: then nothing more of this connection can be trusted. */
function settle<T>(
  question: Question<T>,
  answer: Buffer,
  resolve: (value: T) => void,
  reject: (error: ZooKeeperError) => void,
): void {
  try {
    resolve(question.read(answer));
  } catch (cause) {
    if (cause instanceof ZooKeeperError) {
      reject(cause);
      return;
    }
    const { what, path } = question;
    reject(new ZooKeeperError('connection-loss', `${what}: the answer cannot be read`, { path, cause }));
    throw cause;
  }
}
