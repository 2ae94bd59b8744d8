// What a config would listen on (haproxy.md 10.6). Pure.

/** One address:port of a bind line. */
export interface Bind {
  /** `*`, or an address without brackets. */
  readonly address: string;
  readonly port: number;
  /** From 1. */
  readonly line: number;
}

/** Port ranges are taken port by port up to this many. */
const MAX_RANGE = 1_000;

/** All TCP binds of a file in its order; Unix sockets, file descriptors and QUIC are none. */
export function readBinds(config: string): Bind[] {
  const binds: Bind[] = [];
  for (const [index, raw] of config.split('\n').entries()) {
    const line = raw.trim();
    if (!line.startsWith('bind ') && !line.startsWith('bind\t')) continue;
    const [, addresses = '', ...words] = line.split(/\s+/);
    // Two network namespaces or interfaces may have the same port; any address may be bound to with transparent.
    if (words.some((word) => word === 'namespace' || word === 'interface' || word === 'transparent')) continue;
    for (const address of addresses.split(',')) binds.push(...toBinds(address, index + 1));
  }
  return binds;
}

function toBinds(text: string, line: number): Bind[] {
  const found = /^(?:ipv[46]@|tcp[46]?@)?(\*|\[[0-9a-fA-F:.]+\]|[0-9a-fA-F:.]*):(\d+)(?:-(\d+))?$/.exec(text);
  if (found === null) return [];
  const first = Number(found[2]);
  const last = Math.min(Number(found[3] ?? first), first + MAX_RANGE);
  const address = normal((found[1] ?? '').replace(/^\[(.*)\]$/, '$1'));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => ({
    address,
    port: first + offset,
    line,
  }));
}

const normal = (address: string): string => (address === '' || address === '0.0.0.0' ? '*' : address);

/** Same text, same place. */
export function bindKey({ address, port }: Pick<Bind, 'address' | 'port'>): string {
  return `${address}:${port}`;
}
