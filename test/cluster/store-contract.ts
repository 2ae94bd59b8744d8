// What every Store keeps, whatever it is made of. The local (SQLite), the simulated and the ZooKeeper store run
// the same promises through `describeStoreContract`.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_VALUE_BYTES, type Store, type StoreChange } from '../../src/cluster/store.ts';

/** One durable store and the process that uses it. */
export interface StoreHarness {
  /** Opens the store; a later call, after close or crash of the earlier one, finds what was durable. */
  open(): Promise<Store>;
  /** Ends the process that holds the open store without a goodbye. What was not durable may be lost. */
  crash(): Promise<void>;
  /** Runs a test body to its end: the real world just calls it, a simulator advances its virtual time meanwhile. */
  drive<T>(body: () => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

const put = (key: string, text: string): StoreChange => ({ kind: 'put', key, value: new TextEncoder().encode(text) });
const remove = (key: string): StoreChange => ({ kind: 'delete', key });

/** Entries as `key=value@version`, the shortest form that says everything. */
async function picture(store: Store, prefix = ''): Promise<string[]> {
  const entries = await store.read(prefix);
  return entries.map((entry) => `${entry.key}=${new TextDecoder().decode(entry.value)}@${entry.version}`);
}

export function describeStoreContract(name: string, makeHarness: () => Promise<StoreHarness>): void {
  describe(`store contract: ${name}`, () => {
    let harness: StoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await harness.dispose();
    });
    const promise = (title: string, body: (store: Store) => Promise<void>): void => {
      test(title, () => harness.drive(async () => body(await harness.open())));
    };

    promise('a new store is empty', async (store) => {
      expect(await picture(store)).toEqual([]);
    });

    promise('read gives the entries under a prefix, sorted by key', async (store) => {
      await store.commit([put('b/2', 'x'), put('a/10', 'y'), put('a/2', 'z'), put('ab', 'w')]);
      expect(await picture(store, 'a/')).toEqual(['a/10=y@1', 'a/2=z@1']);
      expect(await picture(store)).toEqual(['a/10=y@1', 'a/2=z@1', 'ab=w@1', 'b/2=x@1']);
    });

    promise('characters that are wildcards elsewhere are just characters in a prefix', async (store) => {
      await store.commit([put('a_b/1', 'x'), put('axb/1', 'y'), put('a%', 'z'), put('é/ü', 'w')]);
      expect(await picture(store, 'a_b/')).toEqual(['a_b/1=x@1']);
      expect(await picture(store, 'a%')).toEqual(['a%=z@1']);
      expect(await picture(store, 'é/')).toEqual(['é/ü=w@1']);
    });

    promise('a version counts the changes of an entry and starts over after a delete', async (store) => {
      await store.commit([put('k', 'one')]);
      await store.commit([put('k', 'two')]);
      expect(await picture(store)).toEqual(['k=two@2']);
      await store.commit([remove('k')]);
      expect(await picture(store)).toEqual([]);
      await store.commit([put('k', 'three')]);
      expect(await picture(store)).toEqual(['k=three@1']);
    });

    promise('deleting what is not there is fine', async (store) => {
      await store.commit([remove('nothing'), put('k', 'v')]);
      expect(await picture(store)).toEqual(['k=v@1']);
    });

    promise('changes of one commit apply in order', async (store) => {
      await store.commit([put('k', 'one'), put('k', 'two'), put('l', 'x'), remove('l')]);
      expect((await picture(store)).map((line) => line.split('@')[0])).toEqual(['k=two']);
    });

    promise('values are bytes and come back as they went in, empty ones too', async (store) => {
      const value = Uint8Array.from({ length: 256 }, (_, index) => index);
      await store.commit([
        { kind: 'put', key: 'bytes', value },
        { kind: 'put', key: 'empty', value: new Uint8Array(0) },
      ]);
      const entries = await store.read('');
      expect(entries.map((entry) => [...entry.value])).toEqual([[...value], []]);
    });

    promise('a value that its caller changes after commit is not changed in the store', async (store) => {
      const value = new Uint8Array([1, 2, 3]);
      const done = store.commit([{ kind: 'put', key: 'k', value }]);
      value.fill(9);
      await done;
      expect((await store.read('k')).map((entry) => [...entry.value])).toEqual([[1, 2, 3]]);
    });

    promise('a commit with an expected version that does not hold changes nothing', async (store) => {
      await store.commit([put('k', 'one')]);
      const refused = store.commit([put('other', 'x'), put('k', 'two')], { expect: { k: 2 } });
      await expect(refused).rejects.toMatchObject({ name: 'StoreError', code: 'conflict' });
      expect(await picture(store)).toEqual(['k=one@1']);
      await store.commit([put('k', 'two')], { expect: { k: 1 } });
      expect(await picture(store)).toEqual(['k=two@2']);
    });

    promise('expecting version 0 means that the entry must not exist', async (store) => {
      await store.commit([put('k', 'one')], { expect: { k: 0 } });
      await expect(store.commit([put('k', 'two')], { expect: { k: 0 } })).rejects.toMatchObject({ code: 'conflict' });
      await expect(store.commit([put('l', 'x')], { expect: { m: 1 } })).rejects.toMatchObject({ code: 'conflict' });
      expect(await picture(store)).toEqual(['k=one@1']);
    });

    promise('commits that were called at once apply in the order of the calls', async (store) => {
      const commits = Array.from({ length: 50 }, (_, index) => store.commit([put('k', `${index}`)]));
      await Promise.all(commits);
      expect(await picture(store)).toEqual(['k=49@50']);
    });

    promise('a refused commit does not take its neighbours with it', async (store) => {
      const first = store.commit([put('a', '1')]);
      const refused = store.commit([put('b', '1')], { expect: { a: 7 } });
      const third = store.commit([put('c', '1')]);
      await expect(refused).rejects.toMatchObject({ code: 'conflict' });
      await Promise.all([first, third]);
      expect(await picture(store)).toEqual(['a=1@1', 'c=1@1']);
    });

    promise('a read sees every commit that was called before it', async (store) => {
      const commit = store.commit([put('k', 'v')]);
      expect(await picture(store)).toEqual(['k=v@1']);
      await commit;
    });

    promise('an older epoch is fenced once a newer one has committed', async (store) => {
      await store.commit([put('k', 'first')], { fence: 1 });
      await store.commit([put('k', 'second')], { fence: 2 });
      await expect(store.commit([put('k', 'late')], { fence: 1 })).rejects.toMatchObject({ code: 'fenced' });
      await store.commit([put('k', 'third')], { fence: 2 });
      expect(await picture(store)).toEqual(['k=third@3']);
    });

    promise('a value over the limit is refused before anything is written', async (store) => {
      const large: StoreChange = { kind: 'put', key: 'large', value: new Uint8Array(MAX_VALUE_BYTES + 1) };
      await expect(store.commit([put('k', 'v'), large])).rejects.toMatchObject({ code: 'too-large' });
      expect(await picture(store)).toEqual([]);
      await store.commit([{ kind: 'put', key: 'largest', value: new Uint8Array(MAX_VALUE_BYTES) }]);
      expect((await store.read('largest'))[0]?.value.length).toBe(MAX_VALUE_BYTES);
    });

    promise('after close everything is refused, and close may be called again', async (store) => {
      const last = store.commit([put('k', 'v')]);
      await store.close();
      await last;
      await store.close();
      await expect(store.commit([put('k', 'w')])).rejects.toMatchObject({ code: 'closed' });
      await expect(store.read('')).rejects.toMatchObject({ code: 'closed' });
    });

    promise('what was committed is there after closing and opening again, versions and fence too', async (store) => {
      await store.commit([put('k', 'one')], { fence: 3 });
      await store.commit([put('k', 'two')], { fence: 3 });
      await store.close();
      const again = await harness.open();
      expect(await picture(again)).toEqual(['k=two@2']);
      await expect(again.commit([put('k', 'late')], { fence: 2 })).rejects.toMatchObject({ code: 'fenced' });
    });

    promise('what was committed survives a crash', async (store) => {
      await store.commit([put('a', '1'), put('b', '1')]);
      await store.commit([put('a', '2'), remove('b')], { fence: 4 });
      await harness.crash();
      const again = await harness.open();
      expect(await picture(again)).toEqual(['a=2@2']);
    });

    promise('a crash in the middle of commits keeps a prefix of them, each as a whole', async (store) => {
      await store.commit([put('a', '0'), put('b', '0')]);
      const outcomes = Array.from({ length: 20 }, (_, index) =>
        store.commit([put('a', `${index + 1}`), put('b', `${index + 1}`)]).then(
          () => index + 1,
          () => 0,
        ),
      );
      const acknowledged = await outcomes[4];
      await harness.crash();
      const [a, b] = (await picture(await harness.open())).map((line) => line.replace(/^.*=(.*)@.*$/, '$1'));
      expect(a).toBe(b);
      expect(Number(a)).toBeGreaterThanOrEqual(acknowledged ?? 0);
    });
  });
}
