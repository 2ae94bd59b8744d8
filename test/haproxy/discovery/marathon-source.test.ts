// Asking Marathon, in virtual time: Marathons that are down, hang, send rubbish or elsewhere.
import { describe, expect, test } from 'vitest';
import {
  type Discovered,
  MarathonSource,
  type MarathonSourceOptions,
} from '../../../src/haproxy/discovery/marathon-source.ts';
import { definitionKey } from '../../../src/haproxy/model/context.ts';
import { Simulation } from '../../../src/simulation/index.ts';
import type { HttpRequest, HttpResponse } from '../../../src/world/net.ts';
import { app, task } from '../model/made-apps.ts';

type Answer = HttpResponse | ((request: HttpRequest) => HttpResponse);
const APPS: HttpResponse = { status: 200, body: JSON.stringify({ apps: [app('/web')] }) };
const NEVER: HttpResponse = { status: 200, body: { start: (writer) => writer.write('{"apps":[') } };

/** Marathons m0, m1, … that answer so, undefined: nobody listens there; the source knows of the first `configured`. */
async function rig(
  answers: (Answer | undefined)[],
  options: Partial<MarathonSourceOptions> = {},
  configured = answers.length,
) {
  const simulation = new Simulation({ seed: 5 });
  const requests: { to: number; request: HttpRequest }[] = [];
  const urls = answers.map((_, index) => `http://${simulation.host(`m${index}`).address}:8080`);
  for (const [index] of answers.entries()) {
    if (answers[index] === undefined) continue;
    simulation.host(`m${index}`).start('marathon', async ({ net }) => {
      await net.listen({
        host: '0.0.0.0',
        port: 8080,
        handler: (request) => {
          requests.push({ to: index, request });
          const answer = answers[index] ?? { status: 500 };
          return typeof answer === 'function' ? answer(request) : answer;
        },
      });
    });
  }
  const { promise, resolve } = Promise.withResolvers<MarathonSource>();
  simulation
    .host('balancer')
    .start('sync', async (world) =>
      resolve(new MarathonSource(world, { marathons: urls.slice(0, configured), ...options })),
    );
  const source = await simulation.settle(promise);
  await simulation.run({ forMs: 20 });
  const discover = async (): Promise<Discovered | { code: string; message: string }> => {
    const settled = source.discover().catch((error: unknown) => error as { code: string; message: string });
    return await simulation.settle(settled);
  };
  return { simulation, urls, requests, discover, answers };
}

const sourceOf = (found: Awaited<ReturnType<Awaited<ReturnType<typeof rig>>['discover']>>) =>
  'discovery' in found ? found.discovery.source : found.code;

describe('one Marathon of several', () => {
  test('the first that answers is asked, for apps with their tasks', async () => {
    const { discover, requests, urls } = await rig([APPS, APPS], { headers: { authorization: 'token=abc' } });
    expect(sourceOf(await discover())).toBe(urls[0]);
    expect(requests.map(({ request }) => request.target)).toEqual(['/v2/apps?embed=apps.tasks']);
    expect(requests[0]?.request.headers).toMatchObject({ authorization: 'token=abc', accept: 'application/json' });
  });
  test('who is down, slow, sends rubbish or an error is passed over, and who answered is asked first next time', async () => {
    const bad: (Answer | undefined)[] = [undefined, { status: 503 }, { status: 200, body: '<html>' }, NEVER];
    const { discover, requests, urls } = await rig([...bad, APPS]);
    expect(sourceOf(await discover())).toBe(urls[4]);
    requests.length = 0;
    expect(sourceOf(await discover())).toBe(urls[4]);
    expect(requests).toHaveLength(1);
  });
  test('a body that never ends costs no more than the deadline', async () => {
    const { discover, simulation } = await rig([NEVER], { deadlineMs: 3000 });
    const beganMs = simulation.nowMs;
    expect(sourceOf(await discover())).toBe('unreachable');
    expect(simulation.nowMs - beganMs).toBeLessThan(3200);
  });
});

describe('when there is nothing, the code says why', () => {
  test.each<[string, string, Answer | undefined]>([
    ['unreachable', 'nobody there', undefined],
    ['unreachable', 'answers 502', { status: 502, body: 'bad gateway' }],
    ['unreachable', 'check the credentials', { status: 401 }],
    ['unusable', 'is this a Marathon', { status: 404 }],
    ['unusable', 'a page of HTML', { status: 200, body: '<html>' }],
    ['unusable', 'no JSON', { status: 200, body: '{"apps":[' }],
    ['unusable', 'not a list', { status: 200, body: '{"apps":{}}' }],
    ['empty', 'no apps', { status: 200, body: '{"apps":[]}' }],
  ])('%s: %s', async (code, words, answer) => {
    const found = await (await rig([answer])).discover();
    expect(found).toMatchObject({ code });
    if (words !== 'nobody there' && 'message' in found) expect(found.message).toContain(words);
  });
  test('an answer over the limit is unusable', async () => {
    expect(sourceOf(await (await rig([APPS], { mostBytes: 50 })).discover())).toBe('unusable');
  });
  test('an empty answer tells more than a Marathon that is down', async () => {
    const { discover } = await rig([undefined, { status: 200, body: '{"apps":[]}' }, { status: 500 }]);
    expect(sourceOf(await discover())).toBe('empty');
  });
  test('no text shows credentials that stand in a URL', async () => {
    const { discover, answers, urls } = await rig([{ status: 500 }], {});
    expect(answers).toHaveLength(1);
    const { discover: other } = await rig([], { marathons: [String(urls[0]).replace('//', '//joe:secret@')] });
    expect(JSON.stringify(await other())).not.toContain('secret');
    expect(sourceOf(await discover())).toBe('unreachable');
  });
});

describe('redirects', () => {
  test('to a configured Marathon are followed, once, with the credentials', async () => {
    const to: { url?: string } = {};
    const { discover, urls, requests } = await rig(
      [() => ({ status: 307, headers: { location: `${to.url}/v2/apps?embed=apps.tasks` } }), APPS],
      { headers: { authorization: 'token=abc' } },
    );
    to.url = String(urls[1]);
    expect(sourceOf(await discover())).toBe(urls[0]);
    expect(requests.map(({ to: index, request }) => [index, request.headers.authorization])).toEqual([
      [0, 'token=abc'],
      [1, 'token=abc'],
    ]);
  });
  test('in a circle end', async () => {
    const { discover, requests } = await rig([() => ({ status: 302, headers: { location: '/v2/apps' } })]);
    expect(sourceOf(await discover())).toBe('unusable');
    expect(requests).toHaveLength(2);
  });
  /** m0 is configured and sends to m1, which is not. */
  const elsewhere = async (answer: Answer | undefined) => {
    const to: { url?: string } = {};
    const sends: Answer = () => ({ status: 302, headers: { location: `${to.url}/v2/apps?embed=apps.tasks` } });
    const made = await rig([sends, answer], { headers: { authorization: 'token=abc' } }, 1);
    to.url = String(made.urls[1]);
    return made;
  };
  test('to one that was not configured are followed without the credentials', async () => {
    const { discover, urls, requests } = await elsewhere(APPS);
    expect(sourceOf(await discover())).toBe(urls[0]);
    expect(requests.map(({ to: index, request }) => [index, request.headers.authorization])).toEqual([
      [0, 'token=abc'],
      [1, undefined],
    ]);
  });
  test('to one that was not configured and wants credentials say what to do', async () => {
    const { discover, urls } = await elsewhere({ status: 401 });
    const words = `${urls[0]}: redirects to ${urls[1]}, which answers 401; it got no credentials because it is not among the Marathons given: name it there (--marathon)`;
    expect(await discover()).toMatchObject({ code: 'unreachable', message: words });
  });
  test('to one that is not there name both', async () => {
    const { discover, urls } = await elsewhere(undefined);
    const found = await discover();
    expect('message' in found && found.message).toContain(`${urls[0]}: redirects to ${urls[1]}: `);
  });
  test.each(['file:///etc/passwd', undefined])('to %s are not followed', async (location) => {
    const headers: Record<string, string> = location === undefined ? {} : { location };
    const { discover, requests } = await rig([{ status: 302, headers }]);
    expect(sourceOf(await discover())).toBe('unreachable');
    expect(requests).toHaveLength(1);
  });
});

describe('what is looked up besides', () => {
  test('agents by name, not those that are addresses or not names', async () => {
    const tasks = [
      task('a', { host: 'agent1' }),
      task('b', { host: '10.0.0.5' }),
      task('c', { host: 'no such' }),
      task('d', { host: 'gone' }),
    ];
    const { discover, simulation } = await rig([
      { status: 200, body: JSON.stringify({ apps: [app('/web', { tasks })] }) },
    ]);
    const agent = simulation.host('agent1');
    const found = await discover();
    expect('addresses' in found && [...found.addresses]).toEqual([['agent1', agent.address]]);
  });
  test('definitions of versions that still run, each once', async () => {
    const tasks = [task('a', { version: 'v1' }), task('b', { version: 'v1' }), task('c', { version: 'v2' })];
    const apps = { status: 200, body: JSON.stringify({ apps: [app('/shop/web', { version: 'v2', tasks })] }) };
    const version = { status: 200, body: JSON.stringify(app('/shop/web', { portDefinitions: [{ port: 7 }] })) };
    const { discover, requests } = await rig([(request) => (request.target.includes('/versions/') ? version : apps)]);
    for (const _ of [1, 2]) {
      const found = await discover();
      if (!('definitions' in found)) throw new Error(found.message);
      expect(found.definitions.get(definitionKey('/shop/web', 'v1'))?.servicePorts).toEqual([7]);
    }
    expect(requests.map(({ request }) => request.target)).toEqual([
      '/v2/apps?embed=apps.tasks',
      '/v2/apps/shop/web/versions/v1',
      '/v2/apps?embed=apps.tasks',
    ]);
  });
  test.each<[string, HttpResponse]>([
    ['not there', { status: 404 }],
    ['rubbish', { status: 200, body: '<html>' }],
    ['of another shape', { status: 200, body: '{"labels":1,"networks":7}' }],
    ['never ending', NEVER],
  ])('a definition that is %s is done without', async (_, version) => {
    const tasks = [task('a', { version: 'v1' })];
    const apps = { status: 200, body: JSON.stringify({ apps: [app('/web', { version: 'v2', tasks })] }) };
    const { discover, simulation } = await rig([(request) => (request.target.includes('/versions/') ? version : apps)]);
    const beganMs = simulation.nowMs;
    const found = await discover();
    expect('definitions' in found && found.definitions.size).toBe(0);
    expect(simulation.nowMs - beganMs).toBeLessThan(6000);
  });
});
