// Many reads at once: what they cost together, and that each sees what it would have seen alone.
import { expect, test } from 'vitest';
import type { StoreChange, StoreEntry } from '../../../../src/cluster/store.ts';
import { openZooKeeperStore } from '../../../../src/cluster/zookeeper/index.ts';
import { FakeEnsemble } from '../support/fake-ensemble.ts';
import { quickWorld } from '../support/quick-world.ts';

const put = (key: string, value: string): StoreChange => ({ kind: 'put', key, value: Buffer.from(value) });
const textOf = (entries: readonly StoreEntry[]): string[] =>
  entries.map(({ key, value }) => `${key}=${Buffer.from(value).toString('utf8')}`);

async function histories(jobs: number) {
  const ensemble = new FakeEnsemble();
  const store = await openZooKeeperStore(quickWorld(), ensemble.connect(), { path: '/s' });
  const lines = Array.from({ length: jobs }, (_, job) => [put(`history/${job}/1`, 'a'), put(`history/${job}/2`, 'b')]);
  await store.commit([put('jobs/1', 'x'), ...lines.flat()]);
  const listed = () => ensemble.requests.filter(({ kind }) => kind === 'children').length;
  return { ensemble, store, listed };
}

test('fifty histories at once cost the lists of one', async () => {
  const { store, listed } = await histories(50);
  const before = listed();
  await store.read('history/7/');
  const one = listed() - before;
  const all = await Promise.all(Array.from({ length: 50 }, (_, job) => store.read(`history/${job}/`)));
  expect(listed() - before).toBe(2 * one);
  expect(all.map(textOf)).toEqual(Array.from({ length: 50 }, (_, job) => [`history/${job}/1=a`, `history/${job}/2=b`]));
});

test('prefixes within one another, in several parts of the state, and of nothing have each their own answer', async () => {
  const { store } = await histories(2);
  const prefixes = ['', 'history/1/', 'history/', 'jobs/1', 'none', 'hist'];
  const all = await Promise.all(prefixes.map((prefix) => store.read(prefix)));
  const history = ['history/0/1=a', 'history/0/2=b', 'history/1/1=a', 'history/1/2=b'];
  expect(all.map(textOf)).toEqual([[...history, 'jobs/1=x'], history.slice(2), history, ['jobs/1=x'], [], history]);
});

test('a read sees what was committed before it, and nothing of what comes after', async () => {
  const { store } = await histories(1);
  const first = store.read('jobs/');
  const commit = store.commit([put('jobs/1', 'y')]);
  const [second, third] = [store.read('jobs/'), store.read('jobs/1')];
  await commit;
  expect([await first, await second, await third].map(textOf)).toEqual([['jobs/1=x'], ['jobs/1=y'], ['jobs/1=y']]);
});

test('a read that fails fails those that it was to answer, and no others', async () => {
  const { ensemble, store } = await histories(1);
  ensemble.fault = ({ kind }) => (kind === 'children' ? 'no-auth' : undefined);
  const failed = await Promise.allSettled([store.read('jobs/'), store.read('history/')]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  ensemble.fault = () => undefined;
  expect(textOf(await store.read('jobs/'))).toEqual(['jobs/1=x']);
});
