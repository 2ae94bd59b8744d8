// Which balancers there are: each address behind the names that a person gave is one (haproxy.md 16.7).

import type { Host } from '../../../world/world.ts';
import { isHostName, parseAddress } from '../../grammar/addresses.ts';
import { Refusal } from '../refusal.ts';

/** Where statistics are asked for. */
export interface BalancerPlace {
  /** As a person reads it, and the base of URLs. */
  readonly url: string;
  /** Of the same machine. */
  readonly host: string;
}

const MOST_BALANCERS = 200;

/** `http://lb.example:9090`, without a slash at the end. Throws Refusal `definition` for what is no such URL. */
export function balancerUrl(text: string): URL {
  const given = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isPlain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  if (!isPlain || !(isHostName(url.hostname) || parseAddress(url.hostname) !== undefined)) {
    throw new Refusal('definition', `'${text}' is no address of a balancer.`, {
      why: 'Write where its statistics are: http://lb.example:9090',
    });
  }
  return url;
}

/**
 * All of them, each once. Names are looked up anew each time. Throws NetError `unresolved`, and Refusal for an https name of
 * several machines, whose certificates could not be checked.
 */
export async function placesOf(
  urls: readonly URL[],
  host: Pick<Host, 'lookupAll'>,
  takesAnyCertificate: boolean,
): Promise<readonly BalancerPlace[]> {
  const places = new Map<string, BalancerPlace>();
  for (const url of urls) {
    for (const place of await placesAt(url, host, takesAnyCertificate)) places.set(place.url, place);
  }
  if (places.size <= MOST_BALANCERS) return [...places.values()];
  throw new Refusal('definition', `There are ${places.size} balancers; ${MOST_BALANCERS} at most can be watched.`);
}

async function placesAt(
  url: URL,
  host: Pick<Host, 'lookupAll'>,
  takesAnyCertificate: boolean,
): Promise<readonly BalancerPlace[]> {
  const path = url.pathname.replace(/\/+$/, '');
  const port = url.port === '' ? '' : `:${url.port}`;
  const place = (name: string): BalancerPlace => ({ url: `${url.protocol}//${name}${port}${path}`, host: name });
  if (parseAddress(url.hostname) !== undefined) return [place(url.hostname)];
  const addresses = await host.lookupAll(url.hostname);
  if (url.protocol === 'https:' && !takesAnyCertificate) {
    if (addresses.length === 1) return [place(url.hostname)];
    throw new Refusal(
      'definition',
      `${url.hostname} is ${addresses.length} machines, whose certificates are of one name.`,
      {
        next: ['Name each balancer, or add --insecure.'],
      },
    );
  }
  return addresses.map((address) => place(address.includes(':') ? `[${address}]` : address));
}
