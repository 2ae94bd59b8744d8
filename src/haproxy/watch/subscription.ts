// One subscription to Marathon's event stream, from the request to its end (haproxy.md 14.1–14.3, 14.8).
import { type ClientStream, type HttpHeaders, NetError } from '../../world/net.ts';
import type { Timer, World } from '../../world/world.ts';
import { isWatched, WATCHED_EVENTS } from './event-types.ts';
import { EventTypeReader } from './sse-types.ts';

/** A Marathon sends something every 10 s at most; four of these missing is a dead peer. */
export const SILENCE_MS = 40_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Where events come from. */
export interface EventSource {
  /** `http://host:port`, without a slash at the end. */
  readonly marathon: string;
  /** What the Marathons that were configured are to be told, such as credentials. */
  readonly headers: HttpHeaders;
  /** All that were configured: these alone get `headers`. */
  readonly trusted: readonly string[];
  readonly insecureTls: boolean;
}

/** Called one after the other. */
export interface SubscriptionListener {
  /** The stream is attached: what is read from now on is newer than what it does not tell. */
  attached(): void;
  /** Something happened. */
  changed(type: string): void;
  /** It is over; nothing more is called. Not after `close`. */
  ended(why: string): void;
}

export interface Subscription {
  close(): void;
}

/** Starts at once; whatever goes wrong is told to `ended`. */
export function subscribe(
  world: Pick<World, 'net' | 'clock'>,
  source: EventSource,
  listener: SubscriptionListener,
): Subscription {
  return new RunningSubscription(world, source, listener);
}

class RunningSubscription implements Subscription {
  readonly #world: Pick<World, 'net' | 'clock'>;
  readonly #source: EventSource;
  readonly #listener: SubscriptionListener;
  readonly #reader = new EventTypeReader();
  #stream: ClientStream | undefined;
  #silence: Timer | undefined;
  #isOver = false;

  constructor(world: Pick<World, 'net' | 'clock'>, source: EventSource, listener: SubscriptionListener) {
    this.#world = world;
    this.#source = source;
    this.#listener = listener;
    this.#open(eventsUrl(source.marathon), true).catch((error: unknown) =>
      this.#end(error instanceof Error ? error.message : String(error)),
    );
  }

  close(): void {
    this.#isOver = true;
    this.#silence?.cancel();
    this.#stream?.close();
  }

  async #open(url: string, mayRedirect: boolean): Promise<void> {
    const isTrusted = this.#source.trusted.some((marathon) => new URL(marathon).origin === new URL(url).origin);
    const stream = await this.#world.net.openStream({
      method: 'GET',
      url,
      headers: { ...(isTrusted && this.#source.headers), accept: 'text/event-stream' },
      timeoutMs: CONNECT_TIMEOUT_MS,
      ...(isTrusted && this.#source.insecureTls && { insecureTls: true }),
    });
    if (this.#isOver) return stream.close();
    const { status, headers } = stream;
    if (status >= 300 && status < 400 && headers.location !== undefined && mayRedirect) {
      stream.close();
      return this.#open(redirectedTo(headers.location, url), false);
    }
    const type = headers['content-type'] ?? 'no content type';
    if (status !== 200 || !type.startsWith('text/event-stream')) {
      stream.close();
      return this.#end(status === 200 ? `it answered ${type}, no event stream` : `it answered with status ${status}`);
    }
    this.#listen(stream);
  }

  #listen(stream: ClientStream): void {
    this.#stream = stream;
    this.#heard();
    stream.onChunk((chunk) => {
      this.#heard();
      for (const type of this.#reader.push(chunk)) {
        if (!this.#isOver && isWatched(type)) this.#listener.changed(type);
      }
    });
    stream.onEnd((error) => this.#end(error?.message ?? 'Marathon closed the stream'));
    this.#listener.attached();
  }

  #heard(): void {
    this.#silence?.cancel();
    if (this.#isOver) return;
    this.#silence = this.#world.clock.setTimer(SILENCE_MS, () => this.#end(`nothing came for ${SILENCE_MS / 1000} s`));
  }

  #end(why: string): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.ended(why);
  }
}

function eventsUrl(marathon: string): string {
  const types = WATCHED_EVENTS.map((type) => `event_type=${type}`).join('&');
  return `${marathon}/v2/events?plan-format=light&${types}`;
}

/** A Location may be relative, and may have lost the query. */
function redirectedTo(location: string, from: string): string {
  if (!URL.canParse(location, from)) throw new NetError('unresolved', 'it sent us on to what is no address');
  const url = new URL(location, from);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new NetError('unresolved', `it sent us on to ${url.protocol}`);
  url.hash = '';
  if (url.search === '') url.search = new URL(from).search;
  return url.href;
}
