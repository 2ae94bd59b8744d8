import { describe, expect, test } from 'vitest';
import { type PageContent, pages } from '../../../src/haproxy/watch/pages.ts';
import type { HttpResponse } from '../../../src/world/net.ts';

function made(more: Partial<PageContent> = {}) {
  const signals: string[] = [];
  const handler = pages({
    config: async () => 'global\n',
    map: async (name) => `${name}\n`,
    pids: async () => [12, 34],
    metrics: async () => 'm 1\n',
    turnNow: () => signals.push('hup'),
    reloadNow: () => signals.push('usr1'),
    ...more,
  });
  const ask = async (method: string, target: string, authorization?: string): Promise<HttpResponse> =>
    handler({
      method,
      target,
      headers: authorization === undefined ? {} : { authorization },
      body: new Uint8Array(),
      remoteAddress: '127.0.0.1',
    });
  return { ask, signals };
}

describe('pages of watch', () => {
  test.each([
    ['/_haproxy_getconfig', 'global\n'],
    ['/_haproxy_getvhostmap', 'domain2backend.map\n'],
    ['/_haproxy_getappmap?x=1', 'app2backend.map\n'],
    ['/_haproxy_getpids', '12 34\n'],
    ['/metrics', 'm 1\n'],
  ])('%s', async (target, body) => {
    const response = await made().ask('GET', target);
    expect(response).toMatchObject({ status: 200, body });
    expect(response.headers?.['content-type']).toContain('text/plain');
  });

  test('a signal needs POST and the token', async () => {
    const { ask, signals } = made({ signalToken: 'secret' });
    expect((await ask('GET', '/_mlb_signal/hup', 'Bearer secret')).status).toBe(405);
    expect((await ask('POST', '/_mlb_signal/hup')).status).toBe(401);
    expect((await ask('POST', '/_mlb_signal/hup', 'Bearer secre')).status).toBe(401);
    expect(signals).toEqual([]);
    expect((await ask('POST', '/_mlb_signal/hup', 'Bearer secret')).status).toBe(202);
    expect((await ask('POST', '/_mlb_signal/usr1', 'token=secret')).status).toBe(202);
    expect(signals).toEqual(['hup', 'usr1']);
  });

  test('without a token file no signal is taken', async () => {
    const { ask, signals } = made();
    expect((await ask('POST', '/_mlb_signal/hup', 'Bearer ')).status).toBe(403);
    expect(signals).toEqual([]);
  });

  test('other paths and methods are refused', async () => {
    const { ask } = made();
    expect((await ask('GET', '/')).status).toBe(404);
    expect((await ask('GET', '/constructor')).status).toBe(404);
    expect((await ask('POST', '/_haproxy_getconfig')).status).toBe(405);
  });
});
