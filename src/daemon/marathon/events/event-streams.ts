// `/v2/events`: server-sent events (marathon.md 9.1). No ids and no replay: who attaches hears what happens from then on.
import type { HttpHeaders, HttpRequest, HttpResponse, StreamWriter } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import type { MarathonOptions } from '../flags.ts';
import type { Counters } from '../metrics/counters.ts';
import { EventClient } from './event-client.ts';
import type { Events } from './events.ts';

/** What the streams need of the rest. */
export interface EventStreamsParts {
  readonly world: Pick<World, 'clock' | 'log'>;
  readonly options: Pick<MarathonOptions, 'eventStreamMaxOutstandingMessages'>;
  readonly events: Events;
  readonly counters: Counters;
}

/** A request as far as it matters here; `target` holds the query. */
export type EventsRequest = Pick<HttpRequest, 'method' | 'target' | 'headers' | 'remoteAddress'>;

const EVENT_STREAM = 'text/event-stream';
const HEADERS: HttpHeaders = { 'content-type': `${EVENT_STREAM};charset=utf-8` };
const ALLOW: HttpHeaders = { allow: 'GET, HEAD, OPTIONS' };

/** Answers requests and holds what they opened. How many may be open is the listener's limit of connections. */
export class EventStreams {
  readonly #parts: EventStreamsParts;
  readonly #clients = new Set<EventClient>();
  #isClosed = false;

  constructor(parts: EventStreamsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** A GET or HEAD that does not accept event streams by name is refused with 405. */
  answer(request: EventsRequest): HttpResponse {
    const { method } = request;
    if (method === 'OPTIONS') return { status: 200, headers: ALLOW };
    if (method !== 'GET' && method !== 'HEAD') return notAllowed(`${method} is not for this resource`);
    if (!acceptsEvents(request.headers.accept)) return notAllowed(`The Accept header must include ${EVENT_STREAM}`);
    if (method === 'HEAD') return { status: 200, headers: HEADERS };
    return { status: 200, headers: HEADERS, body: { start: (writer) => this.#attach(writer, request) } };
  }

  /** Ends all streams properly; those that come later end at once. For the end of leadership. */
  close(): void {
    this.#isClosed = true;
    for (const client of [...this.#clients]) client.end();
  }

  #attach(writer: StreamWriter, { target, remoteAddress }: EventsRequest): void {
    const { world, options, events, counters } = this.#parts;
    const types = typesOf(target);
    const client = new EventClient(writer, {
      clock: world.clock,
      maxUnsent: options.eventStreamMaxOutstandingMessages,
      onSlow: () => world.log.warn('a listener to events does not read and was cut off', { remoteAddress }),
    });
    if (this.#isClosed) {
      client.end();
      return;
    }
    this.#clients.add(client);
    const silence = events.listen({
      wants: (type) => types.size === 0 || types.has(type),
      deliver: (frame) => {
        counters.add('http.responses.event-stream.size.counter.bytes', frame.length);
        client.send(frame);
      },
    });
    writer.onClose(() => {
      silence();
      this.#clients.delete(client);
      events.publish({ type: 'event_stream_detached', remoteAddress });
    });
    events.publish({ type: 'event_stream_attached', remoteAddress });
  }
}

/** Other parameters, `plan-format` among them, change nothing. */
function typesOf(target: string): ReadonlySet<string> {
  const at = target.indexOf('?');
  const query = new URLSearchParams(at < 0 ? '' : target.slice(at + 1));
  return new Set(query.getAll('event_type').filter((type) => type !== ''));
}

function acceptsEvents(accept = ''): boolean {
  return accept.split(',').some((range) => range.split(';', 1)[0]?.trim().toLowerCase() === EVENT_STREAM);
}

function notAllowed(message: string): HttpResponse {
  const headers = { ...ALLOW, 'content-type': 'application/json' };
  return { status: 405, headers, body: JSON.stringify({ message }) };
}
