// Networks that nothing is fetched from, as `address/bits`, IPv4 and IPv6.
import { FetchError } from './uri.ts';

interface Network {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** An empty list forbids nothing. */
export class ForbiddenNetworks {
  readonly #networks: readonly Network[];

  /** Throws RangeError for what is not a network. */
  constructor(texts: readonly string[]) {
    this.#networks = texts.map(parseNetwork);
  }

  get isEmpty(): boolean {
    return this.#networks.length === 0;
  }

  /** Throws FetchError when the address lies in one of them. */
  refuse(address: string, host: string): void {
    const bytes = parseAddress(address);
    if (bytes === undefined) throw new FetchError(`'${address}' (${host}) is not an IP address`);
    if (this.#networks.some((network) => contains(network, bytes))) {
      throw new FetchError(`fetching from ${host} (${address}) is forbidden on this agent`);
    }
  }
}

function parseNetwork(text: string): Network {
  const [address = '', bitsText] = text.split('/');
  const bytes = parseAddress(address);
  const bits = bitsText === undefined ? (bytes?.length ?? 0) * 8 : Number(bitsText);
  if (bytes === undefined || !Number.isInteger(bits) || bits < 0 || bits > bytes.length * 8) {
    throw new RangeError(`'${text}' is not a network (address/bits)`);
  }
  return { bytes, bits };
}

function contains({ bytes: network, bits }: Network, address: readonly number[]): boolean {
  if (network.length !== address.length) return false;
  return network.every((byte, index) => {
    const bitsHere = Math.min(8, Math.max(0, bits - index * 8));
    const mask = (0xff << (8 - bitsHere)) & 0xff;
    return ((byte ^ (address[index] ?? 0)) & mask) === 0;
  });
}

/** 4 or 16 bytes; an IPv4 address in IPv6 clothes is an IPv4 address. */
export function parseAddress(text: string): number[] | undefined {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!bare.includes(':')) return parseIpv4(bare);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return parseIpv4(mapped);
  return parseIpv6(bare);
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  const bytes = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  return bytes.length === 4 && bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const groups = (part: string): number[] =>
    part === ''
      ? []
      : part.split(':').map((group) => (/^[0-9a-f]{1,4}$/i.test(group) ? Number.parseInt(group, 16) : Number.NaN));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const missing = 8 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...first, ...Array.from({ length: missing }, () => 0), ...last];
  if (all.some(Number.isNaN)) return undefined;
  const bytes = all.flatMap((group) => [group >> 8, group & 0xff]);
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12) : bytes;
}
