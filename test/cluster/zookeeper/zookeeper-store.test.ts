// The store on a real ZooKeeper: the contract of all stores, connections that break, users, and its speed.
import { describe, expect, test } from 'vitest';
import { MAX_VALUE_BYTES, type Store, type StoreChange } from '../../../src/cluster/store.ts';
import { openZooKeeperStore } from '../../../src/cluster/zookeeper/index.ts';
import { describeStoreContract } from '../store-contract.ts';
import { MISSING } from './ensemble.ts';
import { type Client, type ClientOptions, RealEnsemble } from './support/real.ts';

const put = (key: string, value: string | Uint8Array): StoreChange => ({
  kind: 'put',
  key,
  value: typeof value === 'string' ? Buffer.from(value) : value,
});

describe.skipIf(MISSING !== undefined)('on a real ZooKeeper', () => {
  const real = new RealEnsemble();

  async function open(path: string, options: ClientOptions = {}): Promise<{ client: Client; store: Store }> {
    const client = await real.client(options);
    return { client, store: await openZooKeeperStore(client.world, client.connection, { path }) };
  }

  /** Entries as `key=start of value@version`. */
  async function picture(store: Store): Promise<string[]> {
    const entries = await store.read('');
    return entries.map(({ key, value, version }) => `${key}=${Buffer.from(value).toString('utf8', 0, 9)}@${version}`);
  }

  describeStoreContract('ZooKeeper', async () => {
    const path = real.newPath();
    let client: Client | undefined;
    return {
      async open() {
        client?.proxy.refuse();
        const opened = await open(path);
        client = opened.client;
        return opened.store;
      },
      async crash() {
        client?.proxy.refuse();
      },
      drive: (body) => body(),
      dispose: async () => client?.close(),
    };
  });

  test('any key and the largest value come back as they went in', async () => {
    const { store } = await open(real.newPath());
    const keys = ['', '/', '.', '..', 'a/..', 'a/./b', 'zookeeper', 'a b/ü/日本/🙂', '\u0000/\uFFFF', '%', '%-', 'a/%'];
    const largest = new Uint8Array(MAX_VALUE_BYTES).fill(7);
    await store.commit([...keys.map((key) => put(key, `value of ${key}`)), put('largest', largest)]);
    const entries = await store.read('');
    expect(entries.map(({ key }) => key)).toEqual([...keys, 'largest'].sort());
    for (const { key, value } of entries) {
      const expected = key === 'largest' ? Buffer.from(largest) : Buffer.from(`value of ${key}`);
      expect(expected.equals(value)).toBe(true);
    }
  });

  test('cut off again and again, every commit is done exactly once', async () => {
    const { client, store } = await open(real.newPath(), { sessionTimeoutMs: 4_000 });
    const count = 150;
    for (let number = 1; number <= count; number++) {
      const commit = store.commit([put('counter', `${number}`), put(`k/${number}`, 'x')]);
      if (number % 10 === 3) client.proxy.cut();
      if (number % 10 === 7) client.proxy.breakNextAnswerAfter(number % 8);
      await commit;
    }
    const entries = await picture(store);
    expect(entries).toHaveLength(count + 1);
    expect(entries[0]).toBe(`counter=${count}@${count}`);
  });

  test('cut off in the middle of large commits, each is done exactly once', async () => {
    const { client, store } = await open(real.newPath(), { sessionTimeoutMs: 4_000 });
    // Too many steps for one request: two pieces.
    const keys = Array.from({ length: 2_500 }, (_, index) => `k/${index}`).sort();
    for (let number = 1; number <= 8; number++) {
      const commit = store.commit(keys.map((key) => put(key, `${number}`)));
      await new Promise((resolve) => setTimeout(resolve, number * 15));
      client.proxy.cut();
      await commit;
    }
    expect(await picture(store)).toEqual(keys.map((key) => `${key}=8@8`));
  });

  test('a session that ends under way does not end the store', async () => {
    const { client, store } = await open(real.newPath());
    await store.commit([put('k', '1')]);
    const first = await client.connection.connected(20_000);
    client.proxy.refuse();
    const commit = store.commit([put('k', '2')]);
    await new Promise<void>((resolve) => first.onState((state) => state === 'lost' && resolve()));
    client.proxy.heal();
    await commit;
    expect(await picture(store)).toEqual(['k=2@2']);
    expect((await client.connection.connected(20_000)).id).not.toBe(first.id);
  });

  test('a leader that was cut off and comes back is refused by what the next one has claimed', async () => {
    const path = real.newPath();
    const { client, store: old } = await open(path, { sessionTimeoutMs: 4_000 });
    await old.commit([put('k', 'old')], { fence: 1 });
    client.proxy.refuse();
    const late = old.commit([put('k', 'late'), put('more', 'late')], { fence: 1 });
    const refused = expect(late).rejects.toMatchObject({ code: 'fenced' });
    const { store: next } = await open(path);
    await next.commit([], { fence: 2 });
    expect(await picture(next)).toEqual(['k=old@1']);
    client.proxy.heal();
    await refused;
    await expect(old.commit([put('k', 'later')], { fence: 1 })).rejects.toMatchObject({ code: 'fenced' });
    expect(await picture(next)).toEqual(['k=old@1']);
  });

  test('a leader that dies at any moment of a large commit leaves all of it or nothing', async () => {
    const keys = Array.from({ length: 2_500 }, (_, index) => `k/${index}`).sort();
    const outcomes = new Set<string>();
    for (let delayMs = 2; delayMs < 200; delayMs = Math.ceil(delayMs * 1.6)) {
      const path = real.newPath();
      const { client, store } = await open(path);
      await store.commit([put('k/0', 'old'), put('gone', 'old')], { fence: 1 });
      const outcome = store.commit([...keys.map((key) => put(key, 'new')), { kind: 'delete', key: 'gone' }], {
        fence: 1,
      });
      outcome.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      client.proxy.refuse();
      const { store: next } = await open(path);
      await next.commit([], { fence: 2 });
      const entries = (await picture(next)).map((line) => line.replace(/@.*/, ''));
      const isDone = entries.length === keys.length;
      expect(entries).toEqual(isDone ? keys.map((key) => `${key}=new`) : ['gone=old', 'k/0=old']);
      outcomes.add(isDone ? 'all' : 'nothing');
    }
    expect(outcomes.size).toBeGreaterThan(0);
  });

  test('an onlooker sees whole commits only, while another writes', async () => {
    const path = real.newPath();
    const [{ store: writer }, { store: onlooker }] = [await open(path), await open(path)];
    let isOver = false;
    const writing = (async () => {
      for (let number = 0; !isOver; number++) {
        // Sometimes with a journal.
        const length = number % 4 === 0 ? 2_100 : 50;
        await writer.commit(Array.from({ length }, (_, index) => put(`k/${index % 50}`, `${number % 10}`)));
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    })();
    for (let look = 0; look < 15; look++) {
      const values = new Set((await onlooker.read('k/')).map(({ value }) => value[0]));
      expect(values.size).toBeLessThanOrEqual(1);
    }
    isOver = true;
    await writing;
  });

  test('the state of another user is refused, for reading and writing, with a word on what to do', async () => {
    const path = real.newPath();
    const { store } = await open(path, { credentials: 'alice:secret' });
    await store.commit([put('k', '1')]);
    const stranger = {
      code: 'failed',
      cause: { code: 'no-auth' },
      message: expect.stringMatching(/does not let us.*credentials/),
    };
    await expect(open(path)).rejects.toMatchObject(stranger);
    await expect(open(path, { credentials: 'bob:other' })).rejects.toMatchObject(stranger);
    const { store: again } = await open(path, { credentials: 'alice:secret' });
    expect(await picture(again)).toEqual(['k=1@1']);
  });

  test('ten thousand entries are written and read in a moment', async () => {
    const path = real.newPath();
    const { store } = await open(path, { sessionTimeoutMs: 10_000 });
    const value = Buffer.alloc(500, 'x');
    const writtenMs = await took(() =>
      Promise.all(Array.from({ length: 10_000 }, (_, index) => store.commit([put(`instances/web.${index}`, value)]))),
    );
    const readMs = await took(async () => expect(await store.read('')).toHaveLength(10_000));
    const { store: next } = await open(path, { sessionTimeoutMs: 10_000 });
    const claimedMs = await took(() => next.commit([], { fence: 1 }));
    const words = `10,000 entries: written in ${writtenMs} ms, read in ${readMs} ms, claimed in ${claimedMs} ms`;
    process.stderr.write(`${words}\n`);
    // As long as nothing of it grows with the square of how many there are.
    expect(writtenMs + readMs).toBeLessThan(60_000);
  });
});

async function took(act: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await act();
  return Math.round(performance.now() - startMs);
}
