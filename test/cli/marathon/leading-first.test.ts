// Which of several Marathons a command talks to first.
import { expect, test } from 'vitest';
import { leadingFirst } from '../../../src/cli/marathon/leading-first.ts';
import { type ClientRequest, type ClientResponse, NetError } from '../../../src/world/net.ts';

/** By host and port; `undefined` never answers. */
function net(leaders: Readonly<Record<string, string | number | undefined>>) {
  const asked: string[] = [];
  const request = ({ url }: ClientRequest): Promise<ClientResponse> => {
    const { host } = new URL(url);
    asked.push(host);
    const leader = leaders[host];
    if (leader === undefined) return new Promise(() => undefined);
    if (leader === 'refused') return Promise.reject(new NetError('refused', 'nobody there'));
    const status = typeof leader === 'number' ? leader : 200;
    const body = new TextEncoder().encode(status === 200 ? JSON.stringify({ leader }) : '{"message":"no leader"}');
    return Promise.resolve({ status, headers: {}, body });
  };
  return { request, asked };
}

test('the one that leads, without waiting for one that hangs', async () => {
  const addresses = ['a:1', 'b:2', 'c:3'];
  expect(await leadingFirst(net({ 'b:2': 'c:3', 'c:3': 'c:3' }), addresses)).toEqual(['c:3', 'b:2', 'a:1']);
});

test('else one that answers for it', async () => {
  const found = await leadingFirst(net({ 'a:1': 502, 'b:2': 'refused', 'c:3': 'elsewhere:3' }), ['a:1', 'b:2', 'c:3']);
  expect(found).toEqual(['c:3', 'a:1', 'b:2']);
});

test('where its kind tells its leader', async () => {
  const urls: string[] = [];
  const { request } = net({ 'a:1': 'b:2', 'b:2': 'b:2' });
  const noting = (asked: ClientRequest): Promise<ClientResponse> => {
    urls.push(asked.url);
    return request(asked);
  };
  expect(await leadingFirst({ request: noting }, ['a:1', 'b:2'], '/v1/scheduler/leader')).toEqual(['b:2', 'a:1']);
  expect(urls).toEqual(['http://a:1/v1/scheduler/leader', 'http://b:2/v1/scheduler/leader']);
});

test('a single one is not asked', async () => {
  const { request, asked } = net({});
  expect(await leadingFirst({ request }, ['a:1'])).toEqual(['a:1']);
  expect(asked).toEqual([]);
});
