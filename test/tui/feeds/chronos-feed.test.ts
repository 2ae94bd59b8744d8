// The feed of jobs: a Chronos of which only the border is real, one that goes, and none.
import { expect, test } from 'vitest';
import { ChronosClient } from '../../../src/client/chronos.ts';
import { startChronosFeed } from '../../../src/tui/feeds/chronos-feed.ts';
import { type ClientRequest, type Net, NetError } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { chronosAndClient } from '../../cli/chronos/support.ts';
import { FakeClock, middling } from '../../client/support/fake-master.ts';
import { Watching } from './support.ts';

async function watch(find: () => Promise<ChronosClient | undefined>) {
  const clock = new FakeClock();
  const watching = new Watching({ clock, random: middling } as unknown as World);
  const feed = watching.start((context) => startChronosFeed(context, { find }));
  await clock.advance(0);
  return { watching, clock, feed, ids: () => [...watching.view.jobs.keys()] };
}

/** Answers with these jobs, or does not answer. */
function answering(jobs: () => readonly object[] | undefined) {
  const asked: string[] = [];
  const request = async ({ url }: ClientRequest) => {
    asked.push(new URL(url).pathname);
    const found = jobs();
    if (found === undefined) throw new NetError('refused', 'no');
    return { status: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify({ jobs: found })) };
  };
  const client = new ChronosClient({ net: { request } as unknown as Net, addresses: ['10.0.0.1:4400'] });
  return { client, asked };
}

test('what our Chronos tells of its jobs is shown, and what changes two seconds later', async () => {
  const { client } = chronosAndClient();
  await client.store({ name: 'nightly', command: 'true', schedule: 'R/2026-02-02T02:00:00Z/P1D' });
  await client.store({ name: 'after', parents: ['nightly'] });
  const { watching, clock } = await watch(async () => client);
  expect(watching.feed('chronos')).toBe('polling');
  expect(watching.view.feeds.get('chronos')?.address).toBe('10.0.0.1:4400');
  expect(watching.view.jobs.get('nightly')).toEqual({
    id: 'nightly',
    kind: 'scheduled',
    status: 'fresh',
    state: 'idle',
    nextRunMs: Date.parse('2026-02-02T02:00:00Z'),
    schedule: 'R/2026-02-02T02:00:00.000Z/P1D',
    parents: [],
    isDisabled: false,
    unplaceable: undefined,
  });
  expect(watching.view.jobs.get('after')).toMatchObject({ kind: 'dependent', parents: ['nightly'], schedule: '' });
  await client.setDisabled('nightly', true);
  await client.remove('after');
  await client.start('nightly');
  await clock.advance(2_000);
  expect([...watching.view.jobs.values()]).toMatchObject([
    { id: 'nightly', isDisabled: true, state: 'queued', nextRunMs: undefined },
  ]);
});

test('an original that says less is shown as far as it says', async () => {
  const { client } = answering(() => [{ name: 'a', status: 'failure', state: '2 running', schedule: 'R//PT1H' }]);
  const { watching } = await watch(async () => client);
  expect(watching.view.jobs.get('a')).toMatchObject({ status: 'failure', state: '2 running', nextRunMs: undefined });
});

test('one that goes is looked for less and less, keeps its jobs in sight, and is back by itself', async () => {
  let jobs: readonly object[] | undefined = [{ name: 'a' }];
  const { client, asked } = answering(() => jobs);
  const { watching, clock, ids } = await watch(async () => client);
  jobs = undefined;
  await clock.advance(2_000);
  expect(watching.feed('chronos')).toMatch(/^broken: /);
  expect(ids()).toEqual(['a']);
  const before = asked.length;
  await clock.advance(60_000);
  const tries = asked.length - before;
  expect(tries).toBeGreaterThan(2);
  expect(tries).toBeLessThan(20);
  expect(watching.eventTexts('chronos-lost')).toHaveLength(1);
  jobs = [{ name: 'a' }, { name: 'b' }];
  await clock.advance(20_000);
  expect(watching.feed('chronos')).toBe('polling');
  expect(ids()).toEqual(['a', 'b']);
  expect(watching.eventTexts('chronos-back')).toEqual(['Chronos answers']);
});

test('a cluster without one is absent until it gets one; one that left takes its jobs along', async () => {
  let jobs: readonly object[] | undefined = [{ name: 'a' }];
  const { client } = answering(() => jobs);
  let found: ChronosClient | undefined;
  const { watching, clock, ids, feed } = await watch(async () => found);
  expect(watching.feed('chronos')).toBe('absent: this cluster has no Chronos');
  found = client;
  await clock.advance(10_000);
  expect(ids()).toEqual(['a']);
  [found, jobs] = [undefined, undefined];
  await clock.advance(5_000);
  expect(watching.feed('chronos')).toBe('absent: this cluster has no Chronos');
  expect(ids()).toEqual([]);
  feed.close();
  [found, jobs] = [client, [{ name: 'b' }]];
  await clock.advance(30_000);
  expect(ids()).toEqual([]);
});
