// Which master to talk to: configured addresses or what an election says, and the leader that the last redirect named.
import { isLeaderSource, type LeaderFinding, type LeaderSource, type MasterPlaces } from './leader-source.ts';

/**
 * Base URL of a master or agent from what people write: `host:port`, `http://host:port/prefix/`. No trailing slash.
 * Throws TypeError when it is no address.
 */
export function baseUrl(address: string): string {
  if (/^(?!https?:)[a-z]+:\/\//i.test(address)) throw new TypeError(`Not an address: ${address}`);
  const text = /^https?:\/\//.test(address) ? address : `http://${address}`;
  const url = new URL(text);
  if (url.hostname === '' || url.search !== '' || url.hash !== '') throw new TypeError(`Not an address: ${address}`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/**
 * The base URL that the `Location` of a redirect points to, given the URL that was asked and its path below the base. Masters send
 * `//host:port/path` (mesos-api.md 2.7), `//host:port` (/redirect) or, behind proxies, absolute URLs.
 * Undefined when the header is missing or unusable.
 */
export function redirectedBase(location: string | undefined, base: string, path: string): string | undefined {
  if (location === undefined || !URL.canParse(location, `${base}${path}`)) return undefined;
  const url = new URL(location, `${base}${path}`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const bare = (path.split('?', 1)[0] ?? path).replace(/\/+$/, '');
  const pathname = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${pathname.endsWith(bare) ? pathname.slice(0, pathname.length - bare.length) : pathname}`;
}

/**
 * Throws TypeError for an empty list or an address that is none. A leader named by a redirect is preferred until it fails
 * or the election names another.
 */
export class MasterAddresses {
  readonly #bases: readonly string[];
  readonly #source: LeaderSource | undefined;
  #index = 0;
  /** Named by a redirect, while the election said `whileElected`. */
  #redirect: { readonly base: string; readonly whileElected: string | undefined } | undefined;

  constructor(places: MasterPlaces) {
    this.#source = isLeaderSource(places) ? places : undefined;
    this.#bases = isLeaderSource(places) ? [] : places.map(baseUrl);
    if (this.#source === undefined && this.#bases.length === 0) {
      throw new TypeError('At least one master address is needed');
    }
  }

  /** How many there are to try, one after the other. */
  get count(): number {
    return Math.max(1, this.#bases.length);
  }

  /** Base URL to try now; "" while no election has named one. */
  get current(): string {
    const elected = this.#source?.current;
    if (this.#redirect !== undefined && this.#redirect.whileElected === elected) return this.#redirect.base;
    return elected ?? this.#bases[this.#index] ?? '';
  }

  /** What to call `current` in a message: its address, or the election that has not named any. */
  get name(): string {
    return this.current || (this.#source?.where ?? '');
  }

  /** `current`, or, when an election has to name it first, that within `timeoutMs`. Never rejects. */
  async find(timeoutMs: number): Promise<LeaderFinding> {
    const base = this.current;
    if (base !== '' || this.#source === undefined) return { kind: 'found', base };
    return await this.#source.find(timeoutMs);
  }

  /**
   * `failed` did not answer: forget a leader we were sent to, else go on to the next configured address. Of several
   * requests that failed at the same one only the first moves on; two steps of two addresses would lead back to it.
   * True when it was somewhere else that we were sent to: whoever sent us may know better by now.
   */
  advance(failed: string): boolean {
    if (failed !== this.current) return false;
    const isRedirected = this.#redirect?.base === failed;
    this.#redirect = undefined;
    if (!isRedirected && this.#bases.length > 0) this.#index = (this.#index + 1) % this.#bases.length;
    return isRedirected && failed !== this.current;
  }

  /** Takes the leader from a redirect; false when the Location is no use. */
  follow(location: string | undefined, path: string): boolean {
    const base = redirectedBase(location, this.current, path);
    if (base === undefined) return false;
    this.#redirect = { base, whileElected: this.#source?.current };
    return true;
  }
}
