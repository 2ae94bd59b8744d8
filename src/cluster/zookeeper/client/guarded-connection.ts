// The one file that knows the inside of node-zookeeper-client 1.1.3: its connection manager, with every method replaced that
// hangs, crashes or lies (dependencies.md 2, traps 1 to 3 and 5 to 12). What stays of it are the messages, the queue and
// the states. Whoever raises the library's version reads its lib/ConnectionManager.js again first.
import { connect, type Socket } from 'node:net';
import ConnectionManager from 'node-zookeeper-client/lib/ConnectionManager.js';
import jute, { type Credential } from 'node-zookeeper-client/lib/jute/index.js';
import type { Timer, World } from '../../../world/world.ts';
import type { ZooKeeperServer } from '../address.ts';
import { type Trouble, troubleWith } from '../trouble/trouble.ts';
import { AUTH_FAILURES, CONNECTION_LOSS, isVerdict, SESSION_MOVED } from './error-codes.ts';
import { Frames } from './frames.ts';
import { CLOSE_QUESTION, type Question, setWatchesQuestions } from './requests.ts';
import type { Servers } from './servers.ts';
import type { ConnectionListener, Reply, SentPacket } from './wire.ts';

const { STATES } = ConnectionManager;
const { OP_CODES, protocol } = jute;

/** Questions on their way at once. More wait, so that a heartbeat is not behind everything that was ever asked. */
const MAX_IN_FLIGHT = 1_000;
/** Numbers of requests are positive 32-bit integers. */
const LAST_XID = 2 ** 31 - 16;
/** A closing server that does not answer is left to itself after this. */
const CLOSE_PATIENCE_MS = 1_000;

/** One session's way to the ensemble. */
export class GuardedConnection extends ConnectionManager {
  readonly #clock: World['clock'];
  readonly #servers: Servers;
  readonly #listener: ConnectionListener;
  #server: ZooKeeperServer | undefined;
  #frames = new Frames();
  #flushing = false;
  #closing = false;
  #tryStartedMs = 0;
  #lastHeardMs = 0;
  #lastProvenMs = 0;
  #whyBroken: Trouble | undefined;
  #closeTimer: Timer | undefined;

  constructor(
    world: Pick<World, 'clock'>,
    servers: Servers,
    options: { readonly sessionTimeoutMs: number; readonly digest: Buffer | undefined },
    listener: ConnectionListener,
  ) {
    // The list is ours, not the library's: it cannot read IPv6, and looks names up once.
    super('unused:1', { sessionTimeout: options.sessionTimeoutMs, spinDelay: 0 }, () => undefined);
    this.#clock = world.clock;
    this.#servers = servers;
    this.#listener = listener;
    this.xid = 1;
    if (options.digest !== undefined) this.credentials.push({ scheme: 'digest', auth: options.digest });
  }

  get isConnected(): boolean {
    return this.state === STATES.CONNECTED;
  }

  get id(): Buffer {
    return this.sessionId;
  }

  get timeoutMs(): number {
    return this.sessionTimeout;
  }

  /** When bytes came last from the server that serves; when the try began, while none does. */
  get lastHeardMs(): number {
    return this.isConnected ? this.#lastHeardMs : this.#tryStartedMs;
  }

  /** When the last question was sent that the ensemble (not just one server, which may be cut off from it) answered. */
  get lastProvenMs(): number {
    return this.#lastProvenMs;
  }

  /** Begins, and goes on until the session ends. */
  override connect(): void {
    if (this.#closing) return;
    this.setState(STATES.CONNECTING);
    this.#server = undefined;
    this.#tryStartedMs = this.#clock.monotonicMs();
    this.#servers.next().then(
      (next) => {
        if (this.#closing) return;
        this.#tryStartedMs = this.#clock.monotonicMs();
        if (next.kind === 'server') return this.#open(next.server);
        this.#listener.trouble(troubleWith('unresolved', undefined, next.why));
        this.connect();
      },
      (cause: unknown) => {
        throw new Error('the list of ZooKeeper servers failed', { cause });
      },
    );
  }

  /** Whether a try is on its way at a server, and not waiting for its turn. */
  get isTrying(): boolean {
    return this.state === STATES.CONNECTING && this.#server !== undefined;
  }

  /** Puts a question in the queue; `first`: before everything that waits, and only on this connection. */
  ask(question: Question<unknown>, reply: Reply, where: 'last' | 'first' = 'last'): SentPacket {
    const header = new protocol.RequestHeader(0, question.type);
    const packet: SentPacket = {
      request: new jute.Request(header, question.payload),
      callback: (error) => reply(error?.code ?? 0, EMPTY),
      question,
      reply,
      ofConnection: where === 'first',
      sentMs: undefined,
      isWithdrawn: false,
    };
    if (where === 'first') this.packetQueue.queue.unshift(packet);
    else this.packetQueue.queue.push(packet);
    this.#flushSoon();
    return packet;
  }

  /** Everything that was not answered; leaves nothing behind. */
  drain(): SentPacket[] {
    return [...this.pendingQueue.splice(0), ...this.packetQueue.queue.splice(0)] as SentPacket[];
  }

  /** Gives up the server that is connected or tried, for its silence, and goes on with another. */
  abandon(): void {
    this.#whyBroken = troubleWith('mute', this.#server);
    this.socket?.destroy();
  }

  /** Ends the session, at the server too if it answers within a second. Harmless when repeated. */
  override close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (!this.isConnected) {
      this.#end('closed');
      return;
    }
    this.setState(STATES.CLOSING);
    this.ask(CLOSE_QUESTION, () => undefined);
    this.#closeTimer = this.#clock.setTimer(CLOSE_PATIENCE_MS, () => this.socket?.destroy());
  }

  /** Ends at once, without a word to the server. */
  destroy(): void {
    if (this.state === STATES.CLOSED) return;
    this.#closing = true;
    this.#end('closed');
  }

  protected override onPacketQueueReadable(): void {
    const { socket } = this;
    if ((this.state !== STATES.CONNECTED && this.state !== STATES.CLOSING) || socket === undefined) return;
    const queue = this.packetQueue.queue as SentPacket[];
    let taken = 0;
    socket.cork();
    for (const next of queue) {
      if (!socket.writable || socket.writableNeedDrain) break;
      if (this.pendingQueue.length >= MAX_IN_FLIGHT && !next.ofConnection) break;
      taken += 1;
      this.#send(next, socket);
      if (next.question === CLOSE_QUESTION) break;
    }
    // Not one by one: that moves the whole queue each time.
    queue.splice(0, taken);
    socket.uncork();
  }

  #send(packet: SentPacket, socket: Socket): void {
    if (packet.isWithdrawn) {
      packet.reply(CONNECTION_LOSS, EMPTY);
      return;
    }
    if (packet.request.header !== null) packet.request.header.xid = this.xid;
    this.xid = this.xid >= LAST_XID ? 1 : this.xid + 1;
    this.pendingQueue.push(packet);
    packet.sentMs = this.#clock.monotonicMs();
    socket.write(packet.request.toBuffer());
  }

  protected override onSocketConnected(): void {
    const { PROTOCOL_VERSION } = jute;
    const { zxid, sessionTimeout, sessionId, sessionPassword } = this;
    const hello = new protocol.ConnectRequest(PROTOCOL_VERSION, zxid, sessionTimeout, sessionId, sessionPassword);
    this.socket?.write(new jute.Request(null, hello).toBuffer());
  }

  protected override onSocketData(chunk: Buffer): void {
    const { socket } = this;
    this.#lastHeardMs = this.#clock.monotonicMs();
    try {
      for (const frame of this.#frames.push(chunk)) {
        if (this.state === STATES.CONNECTING) this.#handshake(frame);
        else this.#message(frame);
        if (this.socket !== socket || socket?.destroyed !== false) return;
      }
    } catch (error) {
      // Nothing that a server says may end the process: its connection is given up, and another is tried.
      this.#whyBroken = troubleWith('gibberish', this.#server, error instanceof Error ? error.message : String(error));
      socket?.destroy();
      return;
    }
    this.onPacketQueueReadable();
  }

  protected override onSocketClosed(): void {
    const end = this.#endOf(this.state);
    if (end !== undefined) {
      this.#end(end);
      return;
    }
    const served = this.isConnected;
    const trouble = this.#whyBroken ?? troubleWith(served ? 'broken' : 'hung-up', this.#server);
    this.#whyBroken = undefined;
    this.setState(STATES.DISCONNECTED);
    const { queue } = this.packetQueue;
    const kept = (queue as SentPacket[]).filter((packet) => !packet.ofConnection);
    queue.splice(0, queue.length, ...kept);
    this.cleanupPendingQueue(CONNECTION_LOSS);
    if (served) this.#listener.disconnected();
    this.#listener.trouble(trouble);
    this.connect();
  }

  /** How the session ends with the connection; undefined when it goes on with another. */
  #endOf(state: number): 'expired' | 'auth-failed' | 'closed' | undefined {
    if (state === STATES.SESSION_EXPIRED) return 'expired';
    if (state === STATES.AUTHENTICATION_FAILED) return 'auth-failed';
    return this.#closing ? 'closed' : undefined;
  }

  #open(server: ZooKeeperServer): void {
    this.#server = server;
    this.#frames = new Frames();
    const socket: Socket = connect(server);
    this.socket = socket;
    socket.setNoDelay();
    socket.on('connect', () => this.onSocketConnected());
    socket.on('data', (chunk: Buffer) => {
      if (this.socket === socket && !socket.destroyed) this.onSocketData(chunk);
    });
    socket.on('drain', () => this.onPacketQueueReadable());
    socket.on('error', (error) => {
      if (!this.isConnected) this.#whyBroken ??= troubleWith('refused', server, error.message);
    });
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.onSocketClosed();
    });
  }

  #handshake(frame: Buffer): void {
    const answer = new protocol.ConnectResponse();
    answer.deserialize(frame, 0);
    if (answer.timeOut <= 0) {
      this.setState(STATES.SESSION_EXPIRED);
      this.socket?.destroy();
      return;
    }
    this.#servers.succeeded();
    this.sessionId = answer.sessionId;
    this.sessionPassword = answer.passwd;
    this.updateTimeout(answer.timeOut);
    this.#lastProvenMs = this.#tryStartedMs;
    this.#whyBroken = undefined;
    // Before anything else (traps 11 and 12): who we are, then which watches we had.
    for (const credential of this.credentials) this.#authenticate(credential);
    this.setState(STATES.CONNECTED);
    this.#listener.connected();
    for (const question of setWatchesQuestions(this.zxid, this.#listener.watchedPaths())) {
      this.ask(question, () => undefined, 'first');
    }
    this.onPacketQueueReadable();
  }

  #authenticate({ scheme, auth }: Credential): void {
    const header = new protocol.RequestHeader(jute.XID_AUTHENTICATION, OP_CODES.AUTH);
    this.socket?.write(new jute.Request(header, new protocol.AuthPacket(0, scheme, auth)).toBuffer());
  }

  #message(frame: Buffer): void {
    const header = new protocol.ReplyHeader();
    const rest = frame.subarray(header.deserialize(frame, 0));
    switch (header.xid) {
      case jute.XID_PING:
        return;
      case jute.XID_AUTHENTICATION:
        if (header.err !== 0) this.#refused();
        return;
      case jute.XID_NOTIFICATION: {
        const event = new protocol.WatcherEvent();
        event.deserialize(rest, 0);
        this.#listener.event(event.type, event.path);
        return;
      }
      default:
        this.#answer(header.xid, header.zxid, header.err, rest);
    }
  }

  #answer(xid: number, zxid: Buffer, code: number, rest: Buffer): void {
    const packet = this.pendingQueue.shift() as SentPacket | undefined;
    if (packet === undefined || packet.request.header?.xid !== xid) {
      if (packet !== undefined) this.pendingQueue.unshift(packet);
      throw new Error(`an answer to question ${xid} that was not asked now`);
    }
    // Never back: a server that is behind what we have seen must not take us.
    if (zxid.readBigInt64BE() > this.zxid.readBigInt64BE()) this.zxid = zxid;
    if (code === SESSION_MOVED) this.socket?.destroy();
    else if (packet.question.askedOfLeader && isVerdict(code))
      this.#lastProvenMs = Math.max(this.#lastProvenMs, packet.sentMs ?? 0);
    packet.reply(code, rest);
    if (AUTH_FAILURES.has(code)) this.#refused();
  }

  #refused(): void {
    this.setState(STATES.AUTHENTICATION_FAILED);
    this.socket?.destroy();
  }

  /** Many questions of one turn go out together. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.onPacketQueueReadable();
    });
  }

  #end(why: 'expired' | 'auth-failed' | 'closed'): void {
    this.#closing = true;
    this.#closeTimer?.cancel();
    const { socket } = this;
    this.socket = undefined;
    socket?.destroy();
    this.setState(STATES.CLOSED);
    this.#listener.ended(why);
  }
}

const EMPTY = Buffer.alloc(0);
