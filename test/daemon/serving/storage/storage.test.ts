// Storage: one commit a pass, in order, and silence after a failure.
import { expect, test } from 'vitest';
import type { CommitOptions, Store, StoreChange } from '../../../../src/cluster/store.ts';
import { Storage } from '../../../../src/daemon/serving/storage/storage.ts';

/** A store that commits when it is told to. */
class HeldStore implements Store {
  readonly commits: {
    keys: string[];
    fence: number | undefined;
    resolve: () => void;
    reject: (error: Error) => void;
  }[] = [];

  commit(changes: readonly StoreChange[], { fence }: CommitOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const keys = changes.map((one) => (one.kind === 'put' ? `${one.key}=${Buffer.from(one.value)}` : `-${one.key}`));
      this.commits.push({ keys, fence, resolve, reject });
    });
  }

  async read(prefix: string) {
    return [{ key: `${prefix}x`, value: Buffer.from('é'), version: 1 }];
  }

  async close() {
    this.commits.length = 0;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function storage() {
  const store = new HeldStore();
  const failures: string[] = [];
  return { store, failures, storage: new Storage(store, 7, (reason) => failures.push(reason)) };
}

/** Names of the promises that have resolved by now. */
function watched() {
  const resolved: string[] = [];
  return { resolved, watch: (name: string, promise: Promise<void>) => void promise.then(() => resolved.push(name)) };
}

test('what is written in one pass is one commit under the epoch of the leadership', async () => {
  const { storage: it, store } = storage();
  void it.put('a', '1');
  void it.remove('b');
  expect(store.commits).toEqual([]);
  await turn();
  expect(store.commits.map(({ keys, fence }) => [keys, fence])).toEqual([[['a=1', '-b'], 7]]);
});

test('of several changes of a key in one pass the last is written', async () => {
  const { storage: it, store } = storage();
  void it.put('a', '1');
  void it.remove('a');
  void it.put('b', '1');
  void it.put('a', '2');
  await turn();
  expect(store.commits.map(({ keys }) => keys)).toEqual([['a=2', 'b=1']]);
});

test('flushed resolves when everything written before it is durable, and not before', async () => {
  const { storage: it, store } = storage();
  const { resolved, watch } = watched();
  watch('nothing', it.flushed());
  watch('put a', it.put('a', '1'));
  await turn();
  watch('put b', it.put('b', '1'));
  watch('flushed', it.flushed());
  await turn();
  expect(resolved).toEqual(['nothing']);
  store.commits[0]?.resolve();
  await turn();
  expect(resolved).toEqual(['nothing', 'put a']);
  store.commits[1]?.resolve();
  await turn();
  expect(resolved).toEqual(['nothing', 'put a', 'put b', 'flushed']);
});

test('a later commit does not count as durable before the earlier one is', async () => {
  const { storage: it, store } = storage();
  const { resolved, watch } = watched();
  watch('a', it.put('a', '1'));
  await turn();
  watch('b', it.put('b', '1'));
  await turn();
  store.commits[1]?.resolve();
  await turn();
  expect(resolved).toEqual([]);
  store.commits[0]?.resolve();
  await turn();
  expect(resolved).toEqual(['a', 'b']);
});

test('a failure is told once; nobody who waits goes on, and nothing more is written', async () => {
  const { storage: it, store, failures } = storage();
  const { resolved, watch } = watched();
  watch('a', it.put('a', '1'));
  await turn();
  watch('b', it.put('b', '1'));
  await turn();
  store.commits[0]?.reject(new Error('disk full'));
  store.commits[1]?.resolve();
  await turn();
  watch('c', it.put('c', '1'));
  watch('flushed', it.flushed());
  await turn();
  expect(resolved).toEqual([]);
  expect(failures).toEqual(['the state could not be written: disk full']);
  expect(store.commits).toHaveLength(2);
});

test('texts are read as they were written, by key', async () => {
  const { storage: it } = storage();
  expect(await it.read('apps/')).toEqual(new Map([['apps/x', 'é']]));
});
