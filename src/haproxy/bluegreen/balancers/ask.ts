// Asks every balancer for its table of servers and for the processes of its HAProxy (haproxy.md 15.1, 15.4, 16.7).
import { type ClientResponse, type HttpHeaders, type Net, NetError } from '../../../world/net.ts';
import type { Host } from '../../../world/world.ts';
import { RuntimeError } from '../../runtime/runtime-error.ts';
import { parseStat } from '../../runtime/show-stat.ts';
import { type BalancerPlace, placesOf } from './addresses.ts';
import type { BalancerAnswer } from './view.ts';

/** Which balancers, and how they are asked. */
export interface BalancersOptions {
  readonly net: Pick<Net, 'request'>;
  readonly host: Pick<Host, 'lookupAll'>;
  /** Where the statistics are; names may stand for several machines. At least one. */
  readonly urls: readonly URL[];
  readonly headers: HttpHeaders;
  readonly insecureTls: boolean;
  /**
   * Where processes are told when the statistics do not tell them: `mctl haproxy watch` has a port of its own. Absent: they
   * are not asked for, and reloads that still drain are not noticed.
   */
  readonly pidsPort: number | undefined;
}

const TIMEOUT_MS = 10_000;
const STATISTICS = '/haproxy?stats;csv';
const PIDS = '/_haproxy_getpids';

/** One answer a balancer; what goes wrong with one is in its answer. Throws Refusal only. */
export async function askBalancers(options: BalancersOptions): Promise<readonly BalancerAnswer[]> {
  let places: readonly BalancerPlace[];
  try {
    places = await placesOf(options.urls, options.host, options.insecureTls);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return [{ balancer: options.urls.map(({ host }) => host).join(', '), kind: 'unreachable', why: error.message }];
  }
  return Promise.all(places.map((place) => askOne(options, place)));
}

async function askOne(options: BalancersOptions, place: BalancerPlace): Promise<BalancerAnswer> {
  const balancer = place.url;
  try {
    const response = await get(options, `${place.url}${STATISTICS}`);
    if (response.status !== 200) {
      return { balancer, kind: 'unreachable', why: `${STATISTICS} is answered with ${response.status}` };
    }
    const rows = parseStat(new TextDecoder().decode(response.body));
    if (options.pidsPort === undefined) return { balancer, kind: 'answered', rows };
    const pids = await pidsOf(options, place, options.pidsPort);
    if (pids !== undefined) return { balancer, kind: 'answered', rows, pids };
    const why =
      `its processes are told neither there nor on port ${options.pidsPort} (${PIDS}); ` +
      'let mctl haproxy watch --listen tell them, or add --no-pids';
    return { balancer, kind: 'unreachable', why };
  } catch (error) {
    if (error instanceof NetError) return { balancer, kind: 'unreachable', why: error.message };
    if (!(error instanceof RuntimeError)) throw error;
    return { balancer, kind: 'unreachable', why: `${STATISTICS} is answered with something else than its table` };
  }
}

/** How many; undefined when neither place tells. */
async function pidsOf(options: BalancersOptions, place: BalancerPlace, port: number): Promise<number | undefined> {
  // Credentials are for the statistics alone.
  const asked = [
    { base: place.url, ...options },
    { base: `http://${place.host}:${port}`, ...options, headers: {} },
  ];
  for (const { base, ...rest } of asked) {
    try {
      const { status, body } = await get(rest, `${base}${PIDS}`);
      const text = new TextDecoder().decode(body).trim();
      if (status === 200 && /^\d+(?:\s+\d+)*$/.test(text)) return text.split(/\s+/).length;
    } catch (error) {
      if (!(error instanceof NetError)) throw error; // nobody there: perhaps at the other place
    }
  }
  return undefined;
}

function get({ net, headers, insecureTls }: BalancersOptions, url: string): Promise<ClientResponse> {
  return net.request({ method: 'GET', url, headers, insecureTls, timeoutMs: TIMEOUT_MS });
}
