// Which master to talk to: a list of configured addresses, and the leader that the last redirect named.

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
 * The base URL that a 307 `Location` points to, given the URL that was asked and its path below the base. Masters send
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

/** Throws TypeError for an empty list or an address that is none. A named leader is preferred until it fails. */
export class MasterAddresses {
  readonly #bases: readonly string[];
  #index = 0;
  #leader: string | undefined;

  constructor(addresses: readonly string[]) {
    if (addresses.length === 0) throw new TypeError('At least one master address is needed');
    this.#bases = addresses.map(baseUrl);
  }

  /** Base URL to try now. */
  get current(): string {
    return this.#leader ?? this.#bases[this.#index] ?? '';
  }

  /**
   * `failed` did not answer: forget a leader we were sent to, else go on to the next configured address. Of several
   * requests that failed at the same one only the first moves on; two steps of two addresses would lead back to it.
   */
  advance(failed: string): void {
    if (failed !== this.current) return;
    if (this.#leader === undefined) this.#index = (this.#index + 1) % this.#bases.length;
    this.#leader = undefined;
  }

  /** Takes the leader from a redirect; false when the Location is no use. */
  follow(location: string | undefined, path: string): boolean {
    const base = redirectedBase(location, this.current, path);
    if (base === undefined) return false;
    this.#leader = base;
    return true;
  }
}
