// Subnets of IPv4, as `--bridge_network_subnet` names one: a.b.c.d/bits.

/** `address` is the first one of it, as a number of 32 bits. */
export interface Subnet {
  readonly address: number;
  readonly bits: number;
}

const MIN_BITS = 8;
/** Room for the bridge and a few containers. */
const MAX_BITS = 28;
/** RFC 1918, and what RFC 6598 keeps for networks behind others. */
const PRIVATE: readonly Subnet[] = [
  { address: 0x0a000000, bits: 8 },
  { address: 0xac100000, bits: 12 },
  { address: 0xc0a80000, bits: 16 },
  { address: 0x64400000, bits: 10 },
];

/** Throws Error for what is no private subnet of a useful size. */
export function parseSubnet(text: string): Subnet {
  const numbers = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number);
  if (numbers === undefined || numbers.slice(0, 4).some((part) => part > 255)) {
    throw new Error(`'${text}' is no subnet like 10.0.0.0/16`);
  }
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = numbers;
  const subnet = { address: a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d, bits };
  if (bits < MIN_BITS || bits > MAX_BITS) throw new Error(`'${text}' must have /${MIN_BITS} to /${MAX_BITS}`);
  if (subnet.address % 2 ** (32 - bits) !== 0) throw new Error(`'${text}' is no subnet: it does not begin at /${bits}`);
  if (!PRIVATE.some((known) => known.bits <= bits && overlaps(known, subnet))) {
    throw new Error(
      `'${text}' is not within a private network (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10)`,
    );
  }
  return subnet;
}

/** As it was given. */
export function subnetText({ address, bits }: Subnet): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${bits}`;
}

/** Whether they have an address in common. */
export function overlaps(one: Subnet, other: Subnet): boolean {
  const size = 2 ** (32 - Math.min(one.bits, other.bits));
  return Math.floor(one.address / size) === Math.floor(other.address / size);
}

/** Of the bridge that belongs to it, so that agents with the same subnet have the same bridge. */
export function interfaceNameOf({ address, bits }: Subnet): string {
  return `mctl${address.toString(16).padStart(8, '0')}${bits.toString(16)}`;
}
