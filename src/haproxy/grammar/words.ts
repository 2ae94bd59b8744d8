// Labels that are numbers, words or files (haproxy.md 2.5.3, 8.6, 17.2).
import { parseAddress, parseNetwork } from './addresses.ts';
import { fine, type Verdict, wrong } from './verdict.ts';

const TRUE = new Set(['true', 't', 'yes', 'y']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0']);
const BALANCE = new Set(['roundrobin', 'static-rr', 'leastconn', 'first', 'source', 'random', 'uri', 'rdp-cookie']);
const BALANCE_WITH_ARGUMENT: readonly RegExp[] = [
  /^random\([1-9]\d{0,3}\)$/,
  /^uri(?: (?:whole|(?:len|depth) [1-9]\d{0,4}))+$/,
  /^url_param [\w.-]+(?: check_post)?$/,
  /^hdr\([\w-]+\)(?: use_domain_only)?$/,
  /^rdp-cookie\([\w.-]+\)$/,
];
const FILE_PATH = /^(?:\/[A-Za-z0-9_.+@-]+)+$/;
const MOST_NETWORKS = 1000;
const ISO_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?$/;

/** `isKnown` is false for a word that is neither: it counts as false, and is worth a warning. */
export function parseTruth(text: string): { readonly value: boolean; readonly isKnown: boolean } {
  const word = text.trim().toLowerCase();
  const value = TRUE.has(word);
  return { value, isKnown: value || FALSE.has(word) };
}

/** A whole number in decimal digits within `least` and `most`. */
export function parseInteger(text: string, least: number, most: number): Verdict<number> {
  const digits = text.trim();
  const value = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  if (value >= least && value <= most) return fine(value);
  return wrong(`must be a whole number from ${least} to ${most}`);
}

/** `tcp` or `http`, in any case. */
export function parseMode(text: string): Verdict<'tcp' | 'http'> {
  const word = text.trim().toLowerCase();
  return word === 'tcp' || word === 'http' ? fine(word) : wrong('must be tcp or http');
}

/** An algorithm with its arguments, one blank between words. */
export function parseBalance(text: string): Verdict<string> {
  const words = text.trim().split(/ +/);
  const balance = [words[0]?.replace(/^[A-Za-z-]+/, (word) => word.toLowerCase()), ...words.slice(1)].join(' ');
  if (BALANCE.has(balance) || BALANCE_WITH_ARGUMENT.some((form) => form.test(balance))) return fine(balance);
  return wrong(
    'must be one of roundrobin, static-rr, leastconn, first, source, random, random(n), uri, url_param <name>, hdr(<name>), rdp-cookie',
  );
}

/** Whether an algorithm looks into HTTP requests, which there are none of in tcp mode. */
export function readsHttp(balance: string): boolean {
  return /^(?:uri|url_param|hdr)\b/.test(balance);
}

/** `*`, or an IP address without a port. */
export function parseBindAddress(text: string): Verdict<string> {
  const address = text.trim() === '*' ? '*' : parseAddress(text.trim());
  return address === undefined ? wrong('must be an IP address of this balancer, or *') : fine(address);
}

/** Blank-separated addresses and networks. */
export function parseNetworks(text: string): Verdict<readonly string[]> {
  const networks = new Set<string>();
  for (const word of text.split(/[ \n]+/)) {
    if (word === '') continue;
    const network = parseNetwork(word);
    if (network === undefined) return wrong('must be IP addresses or networks (10.0.0.0/8) with blanks between them');
    networks.add(network);
  }
  if (networks.size === 0) return wrong('names no address; remove the label to let everybody in');
  if (networks.size > MOST_NETWORKS) return wrong(`names more than ${MOST_NETWORKS} networks`);
  return fine([...networks]);
}

/** An absolute path of plain characters inside the directory, looked at as text only. */
export function parseFileIn(directory: string, text: string): Verdict<string> {
  const path = text.trim();
  return isFileIn(directory, path) ? fine(path) : wrong(`must be a file in ${directory}`);
}

/** Whether the path is the directory or lies in it, without `.` and `..` on the way. */
export function isFileIn(directory: string, path: string): boolean {
  const root = directory.replace(/\/+$/, '');
  if (path.length > 1000 || !FILE_PATH.test(path)) return false;
  if (path.split('/').some((part) => part === '.' || part === '..')) return false;
  return path === root || path.startsWith(`${root}/`);
}

/** ISO time to ms since 1970; without a zone it is UTC, as the deploy tool of the original writes it. */
export function parseTime(text: string): Verdict<number> {
  const match = ISO_TIME.exec(text.trim());
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}${match[2] ?? 'Z'}`);
  return Number.isNaN(ms) ? wrong('must be a time like 2026-01-10T10:00:00') : fine(ms);
}
