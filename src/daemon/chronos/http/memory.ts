// What is read while nobody is certain to lead (chronos.md 13.6): jobs as they were known here last, marked as stale. Only from whom led a
// short while ago, and nothing that would have to be read from the state.
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { Chronos } from '../chronos.ts';

/** What was known longer ago is nothing to show. */
const MAX_AGE_MS = 10 * 60_000;
/** Answered from what is in memory. */
const FROM_MEMORY = [
  /^\/(?:v1\/)?scheduler\/(?:jobs(?:\/summary|\/search)?|job\/[^/]+|graph\/(?:dot|csv))\/?$/,
  /^\/mctl\/v1\/(?:jobs(?:\/[^/]+(?:\/(?:next|why))?)?|next)\/?$/,
];

/** The last leadership of this process. */
interface Known {
  readonly chronos: Pick<Chronos, 'world' | 'endedMs'>;
  readonly api: HttpHandler;
}

/** Of one process, over its leaderships. */
export class Memory {
  #known: Known | undefined;

  /** A leadership begins. */
  keep(chronos: Known['chronos'], api: HttpHandler): void {
    this.#known = { chronos, api };
  }

  /** Undefined: there is nothing to say. */
  answer(request: HttpRequest): Promise<HttpResponse> | undefined {
    const { method, target } = request;
    const [path = ''] = target.split('?', 1);
    const isFromMemory = (method === 'GET' || method === 'HEAD') && FROM_MEMORY.some((known) => known.test(path));
    return isFromMemory ? this.#stale(request) : undefined;
  }

  #stale(request: HttpRequest): Promise<HttpResponse> | undefined {
    const known = this.#known;
    if (known === undefined) return undefined;
    const { world, endedMs } = known.chronos;
    if (endedMs !== undefined && world.clock.monotonicMs() - endedMs > MAX_AGE_MS) {
      this.#known = undefined;
      return undefined;
    }
    return marked(known.api(request));
  }
}

async function marked(answer: HttpResponse | Promise<HttpResponse>): Promise<HttpResponse> {
  const response = await answer;
  return { ...response, headers: { ...response.headers, warning: '110 - "Response is Stale"' } };
}
