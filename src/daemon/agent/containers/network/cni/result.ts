// What a CNI plugin answers: addresses and name servers, or an error. Three generations of the specification are read.
import type { NetworkInfo_IPAddress, NetworkInfo_Protocol } from '../../../../../mesos/generated/v1.ts';
import { NetworkError } from '../network-error.ts';
import { isObject } from './network-config.ts';

/** Longest text of a plugin that is passed on. */
const MAX_TEXT = 1_000;
const MAX_ADDRESSES = 16;

/** Of `resolv.conf`. */
export interface Dns {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly domain?: string;
  readonly options: readonly string[];
}

/** What came of joining a network. */
export interface CniResult {
  readonly addresses: readonly NetworkInfo_IPAddress[];
  /** Undefined when the network says nothing of names. */
  readonly dns: Dns | undefined;
  /** For the next plugin in the row. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Throws NetworkError `plugin` for an answer that is no result. */
export function parseResult(stdout: string): CniResult {
  const raw = objectIn(stdout);
  if (raw === undefined) throw new NetworkError('plugin', `it answered no result: ${shortened(stdout)}`);
  return { addresses: addressesOf(raw), dns: dnsOf(raw.dns), raw };
}

/** Why a plugin failed, in its own words. */
export function failureText({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const { msg, details } = objectIn(stdout) ?? {};
  if (typeof msg !== 'string') return shortened(stderr.trim() || stdout.trim() || 'it said nothing');
  return shortened(typeof details === 'string' && details !== '' ? `${msg}; ${details}` : msg);
}

function addressesOf({ ips, ip4, ip6 }: Readonly<Record<string, unknown>>): NetworkInfo_IPAddress[] {
  const [first, second] = [ip4, ip6].map((entry) => (isObject(entry) ? entry.ip : undefined));
  // Up to version 0.2 there was one address of each protocol, `ip`; since then there is a list of `address`.
  const texts = Array.isArray(ips)
    ? ips.slice(0, MAX_ADDRESSES).map((entry: unknown) => (isObject(entry) ? entry.address : undefined))
    : [first, second];
  return texts.flatMap((text) => {
    const address = typeof text === 'string' ? (text.split('/', 1)[0] ?? '') : '';
    const protocol = protocolOf(address);
    return protocol === undefined ? [] : [{ protocol, ip_address: address }];
  });
}

function protocolOf(address: string): NetworkInfo_Protocol | undefined {
  if (address.includes(':')) return URL.canParse(`http://[${address}]/`) ? 'IPv6' : undefined;
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1);
  return parts?.every((part) => Number(part) <= 255) ? 'IPv4' : undefined;
}

/** Reads what CNI and `--default_container_dns` write the same way. Undefined when it says nothing. */
export function dnsOf(given: unknown): Dns | undefined {
  if (!isObject(given)) return undefined;
  const words = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string' && isWord(word)) : [];
  const [nameservers, search, options] = [words(given.nameservers), words(given.search), words(given.options)];
  const domain = typeof given.domain === 'string' && isWord(given.domain) ? given.domain : undefined;
  if (nameservers.length + search.length + options.length === 0 && domain === undefined) return undefined;
  return { nameservers, search, options, ...(domain !== undefined && { domain }) };
}

/** Something that does not become two words, or two lines, in a file. */
function isWord(text: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(text);
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
