// The few pages of watch itself, where marathon-lb had Lua in HAProxy (haproxy.md 15.3–15.5, 15.7).
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../world/net.ts';

/** What the pages show and do. */
export interface PageContent {
  /** The config on disk, with secrets masked. */
  config(): Promise<string>;
  map(name: 'domain2backend.map' | 'app2backend.map'): Promise<string>;
  /** Of HAProxy's workers; old ones that still finish connections too. */
  pids(): Promise<readonly number[]>;
  metrics(): Promise<string>;
  turnNow(): void;
  reloadNow(): void;
  /** Without, no signal is taken. */
  readonly signalToken?: string;
}

/** GET shows; POST with `Authorization: Bearer <token>` (or `token=<token>`) signals. */
export function pages(content: PageContent): HttpHandler {
  return (request) => {
    const path = request.target.replace(/[?#].*$/, '');
    const page = PAGES[path];
    if (page !== undefined) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'GET only\n', { allow: 'GET' });
      return page(content);
    }
    const signal = SIGNALS[path];
    if (signal === undefined) return text(404, `There is ${Object.keys(PAGES).join(', ')} here.\n`);
    if (request.method !== 'POST') return text(405, 'POST only\n', { allow: 'POST' });
    if (content.signalToken === undefined) return text(403, 'Signals need --signal-token-file.\n');
    if (!hasToken(request, content.signalToken)) {
      return text(401, 'The token is missing or wrong.\n', { 'www-authenticate': 'Bearer' });
    }
    signal(content);
    return text(202, 'OK\n');
  };
}

const PAGES: Readonly<Record<string, (content: PageContent) => Promise<HttpResponse>>> = {
  '/_haproxy_getconfig': async (content) => text(200, await content.config()),
  '/_haproxy_getvhostmap': async (content) => text(200, await content.map('domain2backend.map')),
  '/_haproxy_getappmap': async (content) => text(200, await content.map('app2backend.map')),
  '/_haproxy_getpids': async (content) => text(200, `${(await content.pids()).join(' ')}\n`),
  '/_haproxy_health_check': async () => text(200, 'OK\n'),
  '/metrics': async (content) =>
    text(200, await content.metrics(), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
};

const SIGNALS: Readonly<Record<string, (content: PageContent) => void>> = {
  '/_mlb_signal/hup': (content) => content.turnNow(),
  '/_mlb_signal/usr1': (content) => content.reloadNow(),
};

function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}

function hasToken(request: HttpRequest, token: string): boolean {
  const given = /^(?:Bearer |token=)(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  // Of equal length, so that the time tells nothing.
  return timingSafeEqual(digest(given), digest(token));
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
