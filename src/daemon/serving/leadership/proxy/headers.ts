// What a standby changes about the headers of what it passes on (marathon.md 1.2, 1.3).
import type { HttpHeaders, HttpRequest } from '../../../../world/net.ts';

const FORWARDED_FOR = 'x-forwarded-for';
/** Of one connection only, or of its first hop: the next one has its own. */
const OF_THE_CONNECTION = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Which header names the standbys that a message came through, and what we call ourselves there (`host:port`). */
export interface Hop {
  readonly viaHeader: string;
  readonly own: string;
}

/** To the leader. */
export function forwardedHeaders({ headers, remoteAddress }: HttpRequest, { viaHeader, own }: Hop): HttpHeaders {
  const before = headers[FORWARDED_FOR];
  return {
    ...passedOn(headers),
    [viaHeader]: extended(headers[viaHeader], own),
    [FORWARDED_FOR]: before === undefined || before === '' ? remoteAddress : `${before}, ${remoteAddress}`,
  };
}

/** Back to who asked. */
export function returnedHeaders(headers: HttpHeaders, { viaHeader, own }: Hop): HttpHeaders {
  const { date: _, ...rest } = passedOn(headers);
  return { ...rest, [viaHeader]: extended(headers[viaHeader], own) };
}

/** Whether the request came through here before. */
export function hasPassed({ headers }: Pick<HttpRequest, 'headers'>, { viaHeader, own }: Hop): boolean {
  return (headers[viaHeader] ?? '').split(',').some((hop) => hop.trim().split(/\s+/).at(-1) === own);
}

function extended(via: string | undefined, own: string): string {
  return via === undefined || via === '' ? `1.1 ${own}` : `${via}, 1.1 ${own}`;
}

function passedOn(headers: HttpHeaders): HttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const left = new Set([...OF_THE_CONNECTION, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !left.has(name)));
}
