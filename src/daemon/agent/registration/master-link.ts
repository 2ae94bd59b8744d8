// Keeps this agent registered with the leading master: detects, waits, subscribes, reads events, notices that the master
// is gone, and starts over (mesos-semantics.md 7.1, 7.2, 8.6). Knows nothing of tasks.
import type { LeaderWatch } from '../../../client/leader-source.ts';
import { redirectedBase } from '../../../client/master-addresses.ts';
import { CodecError, parseJson, stringify } from '../../../mesos/codec.ts';
import { Call, type Call_Subscribe, Event, type Event_Subscribed } from '../../../mesos/generated/agent_protocol.ts';
import { encodeRecord, RecordDecoder, RecordIOError } from '../../../mesos/recordio.ts';
import { type ClientStream, NetError } from '../../../world/net.ts';
import type { Timer, World } from '../../../world/world.ts';
import { CallSender } from './call-sender.ts';
import type { MasterDetector } from './detector.ts';
import { RegistrationBackOff } from './registration-back-off.ts';

/** Where the master takes agents. */
export const AGENT_PATH = '/mctl/agent';
/** The master persists a new agent before it answers; beyond this the try has failed. */
const SUBSCRIBED_TIMEOUT_MS = 60_000;
const HEAD_TIMEOUT_MS = 30_000;
const MAX_EVENT_BYTES = 64 * 1024 * 1024;
/** Redirects followed without a pause between them; two masters may each think the other leads. */
const MAX_HOPS = 3;

/** Who is told of the connection. */
export interface MasterLinkHandler {
  /** What to register with; asked anew for every try. */
  subscription(): Call_Subscribe;
  /** The master has us. No event comes before this. */
  registered(subscribed: Event_Subscribed): void;
  /** Any event but SUBSCRIBED and PING. */
  event(event: Event): void;
  /** The master is lost, or is no longer the one to talk to; the link is looking for it again. */
  disconnected(why: string): void;
}

/** `backOffFactorMs`: --registration_backoff_factor. */
export interface MasterLinkOptions {
  readonly world: World;
  readonly detector: MasterDetector;
  readonly backOffFactorMs: number;
  readonly handler: MasterLinkHandler;
}

interface Registration {
  readonly base: string;
  readonly sender: CallSender;
  readonly pingTimeoutMs: number;
  ping: Timer;
}

/** Tries for ever: only `stop` ends it. */
export class MasterLink {
  readonly #world: World;
  readonly #detector: MasterDetector;
  readonly #handler: MasterLinkHandler;
  readonly #backOff: RegistrationBackOff;
  #watch: LeaderWatch | undefined;
  /** What the detector says. */
  #detected: string | undefined;
  /** Where a redirect sent us; forgotten when that fails. */
  #redirected: string | undefined;
  #hops = 0;
  #wait: Timer | undefined;
  #stream: ClientStream | undefined;
  #registration: Registration | undefined;
  /** Counts subscriptions and tries; what belongs to an older one is ignored. */
  #generation = 0;
  #isLeaving = false;
  #isStopped = false;

  constructor(options: MasterLinkOptions) {
    this.#world = options.world;
    this.#detector = options.detector;
    this.#handler = options.handler;
    this.#backOff = new RegistrationBackOff(options.world.random, options.backOffFactorMs);
  }

  get isRegistered(): boolean {
    return this.#registration !== undefined;
  }

  start(): void {
    this.#watch = this.#detector.watch((base) => this.#detect(base));
  }

  /** Sends a call of this registration; dropped while there is none. */
  send(call: Call): void {
    this.#registration?.sender.send(call);
  }

  /** Resolves when the calls so far have been taken, or are lost with the registration. */
  flushed(): Promise<void> {
    return this.#registration?.sender.idle() ?? Promise.resolve();
  }

  /** Gives up the present subscription, if any, and registers anew. */
  reconnect(why: string): void {
    this.#drop(why);
    this.#schedule();
  }

  /**
   * This subscription is the last one: what is still to be said is said over it, and when it ends there is no other.
   * Without it a master that has let us go would get us back while our tasks take their time to end.
   */
  leave(): void {
    this.#isLeaving = true;
    if (this.#registration === undefined) this.#drop('the agent leaves');
  }

  stop(): void {
    this.#isStopped = true;
    this.#watch?.stop();
    this.#drop('the agent stops');
  }

  #detect(base: string | undefined): void {
    if (base === this.#detected) return;
    this.#detected = base;
    if (base !== undefined && base === this.#registration?.base) return;
    this.#redirected = undefined;
    this.#backOff.reset();
    if (base !== undefined) this.reconnect('a master was detected');
    // That nobody leads may mean that nobody can be asked. A master that leads no more ends our stream itself: until then
    // tasks of frameworks without checkpoints are not to be lost by a reconnection that helps nobody.
    else if (this.#registration === undefined) this.#drop('no master leads');
  }

  #drop(why: string): void {
    this.#generation += 1;
    this.#wait?.cancel();
    this.#stream?.close();
    this.#stream = undefined;
    const registration = this.#registration;
    if (registration === undefined) return;
    registration.ping.cancel();
    registration.sender.close();
    this.#registration = undefined;
    this.#backOff.reset();
    if (!this.#isStopped) this.#handler.disconnected(why);
  }

  #schedule(): void {
    if (this.#isStopped || this.#isLeaving || this.#detected === undefined) return;
    const generation = this.#generation;
    this.#wait = this.#world.clock.setTimer(this.#backOff.next(), () => {
      void this.#subscribe(generation);
    });
  }

  async #subscribe(generation: number): Promise<void> {
    const base = this.#redirected ?? this.#detected;
    if (base === undefined) return;
    try {
      const body = encodeRecord(stringify(Call, { type: 'SUBSCRIBE', subscribe: this.#handler.subscription() }));
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const url = `${base}${AGENT_PATH}`;
      const stream = await this.#world.net.openStream({
        method: 'POST',
        url,
        headers,
        body,
        timeoutMs: HEAD_TIMEOUT_MS,
      });
      if (generation !== this.#generation) stream.close();
      else this.#opened(stream, base);
    } catch (error) {
      if (generation !== this.#generation) return;
      if (error instanceof NetError) this.#failed(error.message);
      else {
        this.#world.log.error('the registration could not be sent', { error });
        this.#failed('the registration could not be sent');
      }
    }
  }

  #opened(stream: ClientStream, base: string): void {
    if (stream.status === 307) {
      stream.close();
      this.#follow(stream.headers.location, base);
      return;
    }
    const streamId = stream.headers['mesos-stream-id'];
    if (stream.status !== 200 || streamId === undefined) {
      stream.close();
      this.#failed(`the master answered ${stream.status}`);
      return;
    }
    this.#hops = 0;
    this.#read(stream, base, streamId);
  }

  /** To the leader that a follower named: at once, but not in circles. */
  #follow(location: string | undefined, base: string): void {
    const leader = redirectedBase(location, base, AGENT_PATH);
    this.#hops += 1;
    if (leader === undefined || this.#hops > MAX_HOPS) {
      this.#hops = 0;
      this.#failed('the redirect to the leader leads nowhere');
      return;
    }
    this.#drop('the master is not the leader');
    this.#redirected = leader;
    void this.#subscribe(this.#generation);
  }

  #failed(why: string): void {
    this.#world.log.info('could not register with the master', { reason: why });
    this.#redirected = undefined;
    this.reconnect(why);
  }

  #read(stream: ClientStream, base: string, streamId: string): void {
    const generation = this.#generation;
    const decoder = new RecordDecoder({ maxRecordBytes: MAX_EVENT_BYTES });
    this.#stream = stream;
    this.#wait = this.#world.clock.setTimer(SUBSCRIBED_TIMEOUT_MS, () => this.#failed('the master did not answer'));
    stream.onChunk((chunk) => {
      try {
        for (const record of decoder.push(chunk)) {
          if (generation === this.#generation) this.#take(parseJson(Event, record), base, streamId);
        }
      } catch (error) {
        if (!(error instanceof CodecError || error instanceof RecordIOError)) throw error;
        this.#world.log.error('the master sent what is no event', { error });
        this.#failed('the master sent what is no event');
      }
    });
    stream.onEnd((error) => {
      if (generation === this.#generation) this.#failed(error?.message ?? 'the master ended the stream');
    });
  }

  #take(event: Event, base: string, streamId: string): void {
    if (event.type === 'SUBSCRIBED' && event.subscribed !== undefined) {
      this.#registered(event.subscribed, base, streamId);
    } else if (this.#registration === undefined) {
      // A master that does not want us says so before it would have us.
      if (event.type === 'SHUTDOWN') this.#handler.event(event);
      else this.#failed(`the master began with ${event.type}`);
    } else if (event.type === 'PING') this.#pinged(this.#registration, event.ping?.connected ?? true);
    else this.#handler.event(event);
  }

  #registered(subscribed: Event_Subscribed, base: string, streamId: string): void {
    if (this.#registration !== undefined) return;
    this.#wait?.cancel();
    this.#backOff.reset();
    const pingTimeoutMs = subscribed.total_ping_timeout_seconds * 1000;
    this.#registration = {
      base,
      sender: new CallSender({
        world: this.#world,
        url: `${base}${AGENT_PATH}`,
        streamId,
        onRefused: (why, location) => this.#refused(why, location, base),
      }),
      pingTimeoutMs,
      ping: this.#pingTimer(pingTimeoutMs),
    };
    this.#handler.registered(subscribed);
  }

  #refused(why: string, location: string | undefined, base: string): void {
    if (location !== undefined) this.#redirected = redirectedBase(location, base, AGENT_PATH);
    this.reconnect(why);
  }

  #pinged(registration: Registration, isConnected: boolean): void {
    if (!isConnected) {
      this.reconnect('the master does not count this agent as connected');
      return;
    }
    registration.ping.cancel();
    registration.ping = this.#pingTimer(registration.pingTimeoutMs);
    this.send({ type: 'PONG' });
  }

  #pingTimer(timeoutMs: number): Timer {
    return this.#world.clock.setTimer(timeoutMs, () => this.#failed('no ping from the master'));
  }
}
