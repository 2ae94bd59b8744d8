// ZooKeeper URLs: `zk://[user:password@]host:port,host:port/path` (mesos-api.md 15, command-line part). The password is
// kept where neither logs, errors nor JSON find it.

/** One server of the list, as written: the name is looked up again with every try. */
export interface ZooKeeperServer {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 2181;

/** A text that is no ZooKeeper URL. The message does not repeat it: it may hold a password. */
export class ZooKeeperAddressError extends Error {
  override readonly name = 'ZooKeeperAddressError';
}

/** A parsed URL. Prints itself without credentials. */
export class ZooKeeperAddress {
  readonly servers: readonly ZooKeeperServer[];
  /** Absolute, without a slash at the end; never only `/`. */
  readonly path: string;
  readonly #credentials: string | undefined;

  /** `credentials`: `user:password`. */
  constructor(servers: readonly ZooKeeperServer[], path: string, credentials?: string) {
    this.servers = servers;
    this.path = path;
    this.#credentials = credentials;
  }

  /** What the digest scheme sends, `user:password`; undefined without credentials. Only for the wire. */
  digest(): Buffer | undefined {
    return this.#credentials === undefined ? undefined : Buffer.from(this.#credentials);
  }

  /** For messages, when credentials were refused. */
  get user(): string | undefined {
    return this.#credentials?.slice(0, this.#credentials.indexOf(':'));
  }

  /** `host:port,host:port/path` */
  get where(): string {
    return `${this.servers.map(textOfServer).join(',')}${this.path}`;
  }

  /** The same servers and credentials, another path. */
  at(path: string): ZooKeeperAddress {
    return new ZooKeeperAddress(this.servers, path, this.#credentials);
  }

  toString(): string {
    return `zk://${this.where}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** `host:port`, with brackets round an IPv6 address. */
export function textOfServer(server: ZooKeeperServer): string {
  return `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`;
}

/** The URL without `user:password@`, whether or not it is otherwise right. */
export function withoutCredentials(url: string): string {
  const authority = /^zk:\/\//i.exec(url)?.[0] ?? '';
  const rest = url.slice(authority.length);
  return `${authority}${rest.slice(endOfCredentials(rest) + 1)}`;
}

/** Throws ZooKeeperAddressError, which says what is wrong without the credentials. */
export function parseZooKeeperAddress(url: string): ZooKeeperAddress {
  const text = url.trim();
  if (!/^zk:\/\//i.test(text)) throw new ZooKeeperAddressError(`A ZooKeeper URL begins with zk://${EXAMPLE}`);
  const rest = text.slice('zk://'.length);
  const at = endOfCredentials(rest);
  const credentials = at === -1 ? undefined : rest.slice(0, at);
  if (credentials !== undefined && !/^[^:]+:./s.test(credentials)) {
    throw new ZooKeeperAddressError(`Credentials are user:password, neither of them empty${EXAMPLE}`);
  }
  const place = rest.slice(at + 1);
  const slash = place.indexOf('/');
  const servers = (slash === -1 ? place : place.slice(0, slash)).split(',').map(serverOf);
  return new ZooKeeperAddress(servers, pathOf(slash === -1 ? '' : place.slice(slash)), credentials);
}

const EXAMPLE = ', as in zk://host1:2181,host2:2181,host3:2181/mesos';

/** A password may hold any character but a slash right before the servers: the last @ before the path counts. */
function endOfCredentials(rest: string): number {
  const slash = rest.search(/\/[^@]*$/);
  return rest.lastIndexOf('@', slash === -1 ? undefined : slash);
}

function serverOf(text: string): ZooKeeperServer {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]@?#]+))(?::(\d+))?$/i.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (host === undefined) throw new ZooKeeperAddressError(`'${text}' is no server of a ZooKeeper URL${EXAMPLE}`);
  if (port < 1 || port > 65_535) throw new ZooKeeperAddressError(`${port} is no port: they go from 1 to 65535`);
  return { host, port };
}

function pathOf(text: string): string {
  const path = text.replace(/\/+$/, '');
  if (path === '') throw new ZooKeeperAddressError(`The ZooKeeper URL needs a path other than /${EXAMPLE}`);
  if (!isNodePath(path)) throw new ZooKeeperAddressError(`'${path}' is no path of ZooKeeper${EXAMPLE}`);
  return path;
}

/** Whether ZooKeeper takes it as the absolute path of a node: no empty, `.` or `..` parts, no control characters. */
export function isNodePath(path: string): boolean {
  if (path === '/') return true;
  if (!path.startsWith('/') || path.endsWith('/')) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the server refuses.
  if (/[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/.test(path)) return false;
  return path.split('/').every((part, index) => index === 0 || (part !== '' && part !== '.' && part !== '..'));
}
