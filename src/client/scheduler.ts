// A framework's line to the master: the v1 scheduler API (mesos-api.md 4) over World.net. Keeps one subscription alive
// through lost connections, silent masters and changed leaders, hands every event to its listener in order, and sends
// calls in order. Used by `mctl run`, by the simulator's frameworks and by the daemons that are frameworks themselves.
import { decode, encode, parseJson, stringify } from '../mesos/codec.ts';
import { Call, Event } from '../mesos/generated/scheduler.ts';
import type { FrameworkInfo } from '../mesos/generated/v1.ts';
import { RecordDecoder } from '../mesos/recordio.ts';
import type { ClientStream, HttpHeaders } from '../world/net.ts';
import { NetError } from '../world/net.ts';
import type { Timer, World } from '../world/world.ts';
import { BackOff, type BackOffLimits } from './back-off.ts';
import { isLeaderSource, type LeaderWatch, type MasterPlaces } from './leader-source.ts';
import { MasterAddresses } from './master-addresses.ts';
import { CallSender } from './scheduler/call-sender.ts';
import { SchedulerCalls } from './scheduler/calls.ts';
import { type CallOutcome, SchedulerError } from './scheduler/errors.ts';

export { type CallOutcome, SchedulerError, type SchedulerErrorCode } from './scheduler/errors.ts';

const PATH = '/api/v1/scheduler';
const MAX_REDIRECTS = 5;
const MAX_ERROR_BODY_BYTES = 64 * 1024;
/** Before SUBSCRIBED has told the real interval. */
const DEFAULT_HEARTBEAT_MS = 15_000;

/** What a framework is told. Never called from inside a call of the framework's own into the client. */
export interface SchedulerListener {
  /** Every event of a known type, in order, SUBSCRIBED, HEARTBEAT and ERROR included. */
  event(event: Event): void;
  /** The subscription is lost (or could not be had); the next try is in `retryInMs`. Outstanding offers are void. */
  disconnected?(why: string, retryInMs: number): void;
  /** Nothing will come any more: the master refused us for good. Not called after `close`. */
  ended?(error: SchedulerError): void;
}

/** A framework and the masters it may find. */
export interface SchedulerClientOptions {
  readonly world: Pick<World, 'net' | 'clock' | 'random' | 'log'>;
  /** Any masters, the leader is found through redirects; or the election that says who leads. */
  readonly masters: MasterPlaces;
  /** With `id` it takes an existing framework over. */
  readonly framework: FrameworkInfo;
  readonly listener: SchedulerListener;
  readonly suppressedRoles?: readonly string[];
  readonly offerConstraints?: NonNullable<Call['subscribe']>['offer_constraints'];
  /** Default `application/json`. */
  readonly contentType?: 'application/json' | 'application/x-protobuf';
  /** Sent with every request, e.g. `authorization`. */
  readonly headers?: HttpHeaders;
  /** Silent heartbeat intervals after which the stream counts as dead. Default 5. */
  readonly missedHeartbeats?: number;
  /** Default 0.25 s doubling to 15 s. */
  readonly backOff?: BackOffLimits;
  /** For the head of the subscription's response, the first event after it, and every call. Default 15 s. */
  readonly timeoutMs?: number;
  /** Unsent calls beyond this are refused with `too-many-calls`. Default 10,000. */
  readonly maxQueuedCalls?: number;
  /** A longer record breaks the stream. Default 64 MiB. */
  readonly maxRecordBytes?: number;
}

interface Subscription {
  readonly base: string;
  readonly stream: ClientStream;
  readonly sender: CallSender;
  readonly decoder: RecordDecoder;
  watchdog: Timer;
  /** The stream counts as dead after this long without a byte. */
  silenceMs: number;
  subscribed: boolean;
}

/**
 * One framework. `start` once; then events come until `close`, `teardown` or `ended`. The methods of SchedulerCalls
 * (`accept`, `decline`, `kill`, `acknowledge`, …) make the calls; `call` sends any other.
 */
export class SchedulerClient extends SchedulerCalls {
  readonly #options: SchedulerClientOptions;
  readonly #addresses: MasterAddresses;
  readonly #backOff: BackOff;
  #framework: FrameworkInfo;
  #suppressedRoles: readonly string[];
  #subscription: Subscription | undefined;
  #retry: Timer | undefined;
  #leaderWatch: LeaderWatch | undefined;
  /** Asked for a subscription, and has not answered yet. */
  #connectingTo: string | undefined;
  #state: 'new' | 'open' | 'over' = 'new';
  /** Grows with every connection attempt; what an older attempt still brings is ignored. */
  #attempt = 0;

  constructor(options: SchedulerClientOptions) {
    super();
    this.#options = options;
    this.#addresses = new MasterAddresses(options.masters);
    this.#backOff = new BackOff(options.world.random, options.backOff ?? { firstMs: 250, maxMs: 15_000 });
    this.#framework = options.framework;
    this.#suppressedRoles = options.suppressedRoles ?? [];
  }

  /** Known once subscribed for the first time, kept over reconnections. */
  get frameworkId(): string | undefined {
    const id = this.#framework.id?.value;
    return id === '' ? undefined : id;
  }

  get isSubscribed(): boolean {
    return this.#subscription?.subscribed === true;
  }

  /** Base URL of the master subscribed to, or tried last; the name of the election while that has named nobody. */
  get masterUrl(): string {
    return this.#addresses.name;
  }

  /** Begins to subscribe. Once only. */
  start(): void {
    if (this.#state !== 'new') throw new Error('A SchedulerClient can be started once only');
    this.#state = 'open';
    const { masters } = this.#options;
    if (isLeaderSource(masters)) this.#leaderWatch = masters.watch((base) => this.#elected(base));
    void this.#connect();
  }

  /** Leaves without a word: the master keeps the framework for its failover timeout. Harmless when repeated. */
  close(): void {
    this.#finish(new SchedulerError('closed', 'The scheduler client was closed'));
  }

  /** Removes the framework from the master, with its tasks, and closes. */
  async teardown(): Promise<CallOutcome> {
    const outcome = await this.call({ type: 'TEARDOWN' });
    if (outcome.ok) this.close();
    return outcome;
  }

  /**
   * Sends a call with our framework id and stream id, after all calls before it. Without a subscription nothing is sent
   * or kept: what the framework knew (offers above all) may be void by the time there is one again.
   */
  override call(call: Omit<Call, 'framework_id'>): Promise<CallOutcome> {
    const subscription = this.#subscription;
    if (subscription?.subscribed !== true) {
      const error =
        this.#state === 'over'
          ? new SchedulerError('closed', 'The scheduler client is closed')
          : new SchedulerError('not-connected', `Not subscribed to the master at ${this.masterUrl}`);
      return Promise.resolve({ ok: false, error });
    }
    let body: string | Uint8Array;
    try {
      body = this.#encode({ ...call, ...(this.#framework.id && { framework_id: this.#framework.id }) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return Promise.resolve({ ok: false, error: new SchedulerError('invalid', why, { cause: error }) });
    }
    return subscription.sender.send(body);
  }

  /** Changes what the master knows of us, now and for later subscriptions. The id stays ours. */
  override async updateFramework(
    framework: FrameworkInfo,
    suppressedRoles: readonly string[] = [],
  ): Promise<CallOutcome> {
    const info: FrameworkInfo = { ...framework, ...(this.#framework.id && { id: this.#framework.id }) };
    const outcome = await super.updateFramework(info, suppressedRoles);
    if (outcome.ok) this.describe(info, suppressedRoles);
    return outcome;
  }

  /** What the next subscription says of us: for changes made while there is none. The id stays ours. */
  describe(framework: FrameworkInfo, suppressedRoles: readonly string[] = []): void {
    this.#framework = { ...framework, ...(this.#framework.id && { id: this.#framework.id }) };
    this.#suppressedRoles = suppressedRoles;
  }

  get #contentType(): 'application/json' | 'application/x-protobuf' {
    return this.#options.contentType ?? 'application/json';
  }

  #encode(call: Call): string | Uint8Array {
    return this.#contentType === 'application/json' ? stringify(Call, call) : encode(Call, call);
  }

  #decode(record: Uint8Array): Event {
    return this.#contentType === 'application/json' ? parseJson(Event, record) : decode(Event, record);
  }

  #headers(more: HttpHeaders): HttpHeaders {
    return { ...this.#options.headers, 'content-type': this.#contentType, ...more };
  }

  async #connect(): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#connectingTo = undefined;
    const { net } = this.#options.world;
    const body = this.#subscribeCall();
    const timeoutMs = this.#options.timeoutMs ?? 15_000;
    for (let hop = 0; ; hop += 1) {
      const found = await this.#addresses.find(timeoutMs);
      if (attempt !== this.#attempt || this.#state !== 'open') return;
      if (found.kind !== 'found') return this.#tryLater(found.message);
      const { base } = found;
      this.#connectingTo = base;
      let stream: ClientStream;
      try {
        const headers = this.#headers({ accept: this.#contentType });
        stream = await net.openStream({ method: 'POST', url: `${base}${PATH}`, headers, body, timeoutMs });
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        if (attempt === this.#attempt && this.#state === 'open') this.#tryLater(error.message);
        return;
      }
      if (attempt !== this.#attempt || this.#state !== 'open') return stream.close();
      this.#connectingTo = undefined;
      if (stream.status === 200) return this.#attach(stream, base);
      if (stream.status !== 307) return void this.#explainRefusal(stream, base, attempt);
      stream.close();
      if (hop >= MAX_REDIRECTS || !this.#addresses.follow(stream.headers.location, PATH)) {
        return this.#tryLater(`${base} sends us in circles (Location: ${stream.headers.location ?? 'none'})`);
      }
    }
  }

  #subscribeCall(): string | Uint8Array {
    const id = this.#framework.id;
    return this.#encode({
      type: 'SUBSCRIBE',
      // Both ids or neither (mesos-api.md 17.5).
      ...(id !== undefined && id.value !== '' && { framework_id: id }),
      subscribe: {
        framework_info: this.#framework,
        ...(this.#suppressedRoles.length > 0 && { suppressed_roles: [...this.#suppressedRoles] }),
        ...(this.#options.offerConstraints && { offer_constraints: this.#options.offerConstraints }),
      },
    });
  }

  /** Anything but 200 and 307: reads why, then gives up (4xx) or tries again (everything that may pass). */
  async #explainRefusal(stream: ClientStream, base: string, attempt: number): Promise<void> {
    const text = await readText(stream, this.#options.world.clock, MAX_ERROR_BODY_BYTES);
    if (attempt !== this.#attempt || this.#state !== 'open') return;
    const { status } = stream;
    const said = `${base} answered ${status}${text === '' ? '' : `: ${text}`}`;
    if (status >= 500 || status === 404 || status === 408 || status === 429) return this.#tryLater(said);
    const code = status === 401 || status === 403 ? 'forbidden' : 'refused';
    this.#finish(new SchedulerError(code, said, { status }));
  }

  #attach(stream: ClientStream, base: string): void {
    const { world } = this.#options;
    const timeoutMs = this.#options.timeoutMs ?? 15_000;
    const streamId = stream.headers['mesos-stream-id'];
    const sender = new CallSender({
      net: world.net,
      clock: world.clock,
      url: `${base}${PATH}`,
      headers: this.#headers(streamId === undefined ? {} : { 'mesos-stream-id': streamId }),
      timeoutMs,
      maxQueued: this.#options.maxQueuedCalls ?? 10_000,
      onLost: (why) => this.#lose(subscription, why),
    });
    const subscription: Subscription = {
      base,
      stream,
      sender,
      decoder: new RecordDecoder({ maxRecordBytes: this.#options.maxRecordBytes ?? 64 * 1024 * 1024 }),
      watchdog: world.clock.setTimer(timeoutMs, () => this.#lose(subscription, 'no SUBSCRIBED event came')),
      silenceMs: timeoutMs,
      subscribed: false,
    };
    this.#subscription = subscription;
    stream.onChunk((chunk) => this.#receive(subscription, chunk));
    stream.onEnd((error) => this.#lose(subscription, error?.message ?? 'the master ended the stream'));
  }

  #receive(subscription: Subscription, chunk: Uint8Array): void {
    if (this.#subscription !== subscription) return;
    this.#watch(subscription);
    let events: Event[];
    try {
      events = subscription.decoder.push(chunk).map((record) => this.#decode(record));
    } catch (error) {
      this.#lose(subscription, `unreadable event stream: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    for (const event of events) {
      this.#handle(subscription, event);
      // The listener may have closed us, or the event may have been the last.
      if (this.#subscription !== subscription) return;
    }
  }

  #handle(subscription: Subscription, event: Event): void {
    if (event.type === undefined || event.type === 'UNKNOWN') {
      this.#options.world.log.debug('ignored a scheduler event of unknown type');
      return;
    }
    if (event.type === 'SUBSCRIBED' && event.subscribed !== undefined) {
      this.#framework = { ...this.#framework, id: event.subscribed.framework_id };
      const intervalMs = (event.subscribed.heartbeat_interval_seconds ?? 0) * 1000 || DEFAULT_HEARTBEAT_MS;
      subscription.silenceMs = intervalMs * (this.#options.missedHeartbeats ?? 5);
      subscription.subscribed = true;
      this.#backOff.reset();
      this.#watch(subscription);
    }
    this.#options.listener.event(event);
    if (event.type === 'ERROR' && this.#subscription === subscription) {
      this.#finish(new SchedulerError('error-event', event.error?.message ?? 'The master sent an error'));
    }
  }

  #watch(subscription: Subscription): void {
    subscription.watchdog.cancel();
    const { silenceMs } = subscription;
    subscription.watchdog = this.#options.world.clock.setTimer(silenceMs, () =>
      this.#lose(subscription, `nothing heard from the master for ${Math.round(silenceMs / 1000)} s`),
    );
  }

  /** To a new leader at once. That nobody leads ends no subscription: a master that is not the leader any more ends it. */
  #elected(base: string | undefined): void {
    if (base === undefined || this.#state !== 'open') return;
    // It may need a moment before it takes us, and what failed with the one before says nothing about that.
    this.#backOff.reset();
    const subscription = this.#subscription;
    if (subscription !== undefined) {
      if (subscription.base !== base) this.#lose(subscription, `the master at ${base} leads now`);
    } else if (this.#retry !== undefined || (this.#connectingTo ?? base) !== base) {
      // One that does not answer any more would keep us waiting.
      this.#retry?.cancel();
      this.#retry = undefined;
      void this.#connect();
    }
  }

  #lose(subscription: Subscription, why: string): void {
    if (this.#subscription !== subscription) return;
    this.#detach(new SchedulerError('not-connected', `The subscription was lost: ${why}`));
    this.#tryLater(why);
  }

  #detach(error: SchedulerError): void {
    const subscription = this.#subscription;
    if (subscription === undefined) return;
    this.#subscription = undefined;
    subscription.watchdog.cancel();
    subscription.stream.close();
    subscription.sender.close(error);
  }

  #tryLater(why: string): void {
    this.#addresses.advance(this.#addresses.current);
    this.#connectingTo = undefined;
    const retryInMs = this.#backOff.next();
    this.#retry = this.#options.world.clock.setTimer(retryInMs, () => {
      this.#retry = undefined;
      void this.#connect();
    });
    this.#options.world.log.debug('not subscribed', { why, retryInMs });
    this.#options.listener.disconnected?.(why, retryInMs);
  }

  #finish(error: SchedulerError): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#retry?.cancel();
    this.#leaderWatch?.stop();
    this.#detach(error);
    if (error.code !== 'closed') this.#options.listener.ended?.(error);
  }
}

/** The body of an error answer, as far as it comes within a second; the status alone says enough. */
function readText(stream: ClientStream, clock: World['clock'], maxBytes: number): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const done = (): void => {
      timer.cancel();
      stream.close();
      resolve(Buffer.concat(chunks).toString('utf8').trim());
    };
    const timer = clock.setTimer(1000, done);
    stream.onChunk((chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) done();
    });
    stream.onEnd(done);
  });
}
