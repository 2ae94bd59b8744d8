// What goes through the API: requests under way, bytes, answers by class of status, durations by method (marathon.md 22).
import type { HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { Meter } from '../../serving/metrics/meter.ts';
import { Timer } from '../../serving/metrics/timer.ts';
import type { Counters } from '../metrics/counters.ts';

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** One per Marathon. Names are without the prefix. */
export class Traffic {
  readonly meters: ReadonlyMap<string, Meter>;
  readonly timers: ReadonlyMap<string, Timer>;
  readonly #clock: World['clock'];
  readonly #counters: Counters;
  #active = 0;

  constructor(clock: World['clock'], counters: Counters) {
    const nowMs = clock.monotonicMs();
    this.#clock = clock;
    this.#counters = counters;
    this.meters = new Map(CLASSES.map((name) => [meterName(name), new Meter(nowMs)]));
    this.timers = new Map([undefined, ...METHODS].map((method) => [timerName(method), new Timer(nowMs)]));
  }

  /** Requests that have no answer yet. */
  get active(): number {
    return this.#active;
  }

  /** Lets a request through; an event stream is over with its head as far as this is concerned. */
  async measure(request: HttpRequest, answer: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const startMs = this.#clock.monotonicMs();
    this.#counters.add('http.requests.size.counter.bytes', request.body.length);
    this.#active += 1;
    try {
      const response = await answer();
      this.#answered(request, response, startMs);
      return response;
    } finally {
      this.#active -= 1;
    }
  }

  /** The answer before it is packed. */
  made({ body }: HttpResponse): void {
    this.#counters.add('http.responses.size.counter.bytes', sizeOf(body));
  }

  #answered({ method }: HttpRequest, { status, headers, body }: HttpResponse, startMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (headers?.['content-encoding'] === 'gzip')
      this.#counters.add('http.responses.size.gzipped.counter.bytes', sizeOf(body));
    this.meters.get(meterName(`${Math.floor(status / 100)}xx`))?.mark(nowMs);
    this.timers.get(timerName(undefined))?.record(startMs, nowMs);
    this.timers.get(timerName(method))?.record(startMs, nowMs);
  }
}

function meterName(statusClass: string): string {
  return `http.responses.${statusClass}.rate.meter`;
}

/** Undefined: of all methods together. */
function timerName(method: string | undefined): string {
  return `http.requests${method === undefined ? '' : `.${method.toLowerCase()}`}.duration.timer.seconds`;
}

function sizeOf(body: HttpResponse['body']): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : 0;
}
