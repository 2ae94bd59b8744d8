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
  TreeWatch,
  ZooKeeperSession,
} from '../session.ts';
import type { Trouble } from '../trouble/trouble.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { GuardedConnection } from './guarded-connection.ts';
import { Operations } from './operations.ts';
import {
  childrenQuestion,
  createQuestion,
  existsQuestion,
  getQuestion,
  hexadecimal,
  multiQuestion,
  type Ownership,
  removeQuestion,
  setQuestion,
  syncQuestion,
  unwatchQuestion,
  watchTreeQuestion,
} from './requests.ts';
import { Servers } from './servers.ts';
import { TreeWatches } from './tree-watches.ts';
import { Watches } from './watches.ts';
import type { ConnectionListener } from './wire.ts';

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
  readonly #treeWatches = new TreeWatches();
  readonly #operations: Operations;
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
    this.#operations = new Operations(world.clock, this.#connection, () => this.#state);
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
    return this.#operations.ask(() => createQuestion(path, data, options, this.#ownership));
  }

  async ensurePath(path: string, access: 'private' | 'published' = 'private'): Promise<void> {
    if (path === '/' || (await this.#operations.ask(() => existsQuestion(path, false))) !== undefined) return;
    await this.ensurePath(path.slice(0, Math.max(path.lastIndexOf('/'), 1)), access);
    try {
      await this.create(path, new Uint8Array(), { access });
    } catch (error) {
      if (!(error instanceof ZooKeeperError) || error.code !== 'node-exists') throw error;
    }
  }

  get(path: string): Promise<NodeData | undefined> {
    return this.#operations.ask(() => getQuestion(path));
  }

  children(path: string): Promise<string[] | undefined> {
    return this.#operations.ask(() => childrenQuestion(path, false));
  }

  set(path: string, data: Uint8Array, version = -1): Promise<NodeStat> {
    return this.#operations.ask(() => setQuestion(path, data, version));
  }

  remove(path: string, version = -1): Promise<void> {
    return this.#operations.ask(() => removeQuestion(path, version));
  }

  multi(operations: readonly NodeOperation[]): Promise<void> {
    return this.#operations.ask(() => multiQuestion(operations, this.#ownership));
  }

  sync(path: string): Promise<void> {
    return this.#operations.ask(() => syncQuestion(path));
  }

  watchData(path: string, fn: () => void): Subscription {
    return this.#watches.add('data', path, fn);
  }

  watchChildren(path: string, fn: () => void): Subscription {
    return this.#watches.add('children', path, fn);
  }

  async watchTree(path: string, fn: (path: string) => void): Promise<TreeWatch> {
    // Before the server knows of it: what it tells next is for us.
    const watch = this.#treeWatches.add(path, fn);
    try {
      await this.#operations.ask(() => watchTreeQuestion(path));
    } catch (error) {
      this.#treeWatches.remove(watch);
      throw error;
    }
    return {
      get isWhole() {
        return watch.isWhole;
      },
      stop: () => {
        if (!this.#treeWatches.remove(watch) || this.#hasEnded) return;
        this.#connection.ask(unwatchQuestion(path), () => undefined);
      },
    };
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
        this.#treeWatches.disconnected();
        this.#suspendedMs = this.#world.clock.monotonicMs();
        this.#heartbeatIsOut = false;
        if (this.#state === 'connected') this.#setState('suspended');
      },
      trouble: (trouble) => this.#events.trouble(trouble),
      ended: (why) => this.#end(why),
      event: (type, path) => {
        this.#treeWatches.event(path);
        this.#watches.event(type, path);
      },
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
    this.#operations.tick(nowMs);
    // After the loop was blocked the sockets have not been heard yet: nobody is judged before the next tick (trap 17).
    const mayJudge = !isLate;
    if (this.#connection.isConnected) this.#tend(nowMs, mayJudge);
    else if (mayJudge) this.#hurry(nowMs);
  }

  /** Asks for a sign of life in time, and gives up the server that gives none (trap 1). */
  #tend(nowMs: number, mayJudge: boolean): void {
    const { lastHeardMs, lastProvenMs } = this.#connection;
    const heard = nowMs - lastHeardMs <= (this.timeoutMs * 2) / 3;
    // A server that is cut off from its leader still answers what it can answer alone; we must not stay with it.
    const proven = nowMs - lastProvenMs <= this.timeoutMs;
    if (mayJudge && !(heard && proven)) this.#connection.abandon();
    else if (!this.#heartbeatIsOut && nowMs - lastProvenMs >= this.timeoutMs / 4 - this.#tickMs) this.#beat();
  }

  /** Without a server: neither a try (trap 2) nor the wait for one goes on for ever. */
  #hurry(nowMs: number): void {
    const connection = this.#connection;
    if (connection.isTrying && nowMs - connection.lastHeardMs > this.#tryPatienceMs()) connection.abandon();
    if (this.#isOpen && this.#state === 'suspended' && nowMs > this.#expiryMs()) this.#end('silent');
  }

  /** Not a ping: the server alone answers that, also when its leader has long counted us out. A sync asks the leader. */
  #beat(): void {
    this.#heartbeatIsOut = true;
    const answered = (): void => {
      this.#heartbeatIsOut = false;
    };
    this.#connection.ask(syncQuestion('/'), answered, 'first');
  }

  /** For connecting and the handshake: so that all servers can be tried before the session is over. */
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
    this.#operations.end();
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
}
