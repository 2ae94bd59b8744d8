// IP literals, networks and host names: read to the last character and written anew, so that what goes into HAProxy's file
// is an address and nothing else (haproxy.md 17.2, 17.3).

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/;
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/;

/** The address in its shortest form, lower case, IPv6 without brackets; undefined for anything else, zone ids too. */
export function parseAddress(text: string): string | undefined {
  if (text.includes(':')) return parseIpv6(text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text);
  return isIpv4(text) ? text : undefined;
}

/** An address with or without `/prefix`. */
export function parseNetwork(text: string): string | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined || slash < 0) return address;
  const prefix = text.slice(slash + 1);
  const isFit = /^(?:0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= (address.includes(':') ? 128 : 32);
  return isFit ? `${address}/${prefix}` : undefined;
}

/** What agents are called: a DNS name or a looser one, never with blanks, quotes or slashes. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && HOST_NAME.test(text);
}

function isIpv4(text: string): boolean {
  // The pattern allows a dot at the end, which the length of the last part rules out.
  return text.length <= 15 && !text.endsWith('.') && IPV4.test(text);
}

/** RFC 4291 in, RFC 5952 out. */
function parseIpv6(text: string): string | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return shortest([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** 16-bit groups of one side of `::`; only the end of the address may be written as IPv4. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else if (isEnd && index === parts.length - 1 && isIpv4(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else return undefined;
  }
  return groups;
}

/** The longest run of two or more zero groups, the first of equals, becomes `::`. */
function shortest(groups: readonly number[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.length < 2) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}
