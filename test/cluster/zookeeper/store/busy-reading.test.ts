// One picture of a state that somebody else changes all the time.
import { describe, expect, test } from 'vitest';
import type { Store, StoreChange } from '../../../../src/cluster/store.ts';
import { openZooKeeperStore } from '../../../../src/cluster/zookeeper/index.ts';
import { MISSING } from '../ensemble.ts';
import { FakeEnsemble } from '../support/fake-ensemble.ts';
import { quickWorld } from '../support/quick-world.ts';
import { RealEnsemble } from '../support/real.ts';

const put = (key: string, value: string): StoreChange => ({ kind: 'put', key, value: Buffer.from(value) });

/** Two keys that are always the same, made and removed ones that always come in pairs, and many that stay. */
const FIRST: readonly StoreChange[] = Array.from({ length: 400 }, (_, index) => put(`m/${index}`, 'x'));

function step(number: number): StoreChange[] {
  const pair: StoreChange[] =
    number % 2 === 0
      ? [put('b/new', `${number}`), put('y/new', `${number}`)]
      : [
          { kind: 'delete', key: 'b/new' },
          { kind: 'delete', key: 'y/new' },
        ];
  return [put('a/first', `${number}`), put('z/last', `${number}`), ...pair];
}

async function expectOnePicture(reader: Store): Promise<number> {
  const entries = new Map((await reader.read('')).map(({ key, value }) => [key, Buffer.from(value).toString('utf8')]));
  const number = Number(entries.get('a/first'));
  expect(entries.get('z/last')).toBe(`${number}`);
  expect([entries.get('b/new'), entries.get('y/new')]).toEqual(
    number % 2 === 0 ? [`${number}`, `${number}`] : [undefined, undefined],
  );
  expect([...entries.keys()].filter((key) => key.startsWith('m/'))).toHaveLength(FIRST.length);
  return number;
}

test('a commit between any two questions of the reader does not keep it from one picture', async () => {
  const ensemble = new FakeEnsemble();
  const writer = await openZooKeeperStore(quickWorld(), ensemble.connect(), { path: '/s' });
  await writer.commit([...FIRST, ...step(0)]);
  const connection = ensemble.connect();
  const reader = await openZooKeeperStore(quickWorld(), connection, { path: '/s' });
  let number = 0;
  let isCommitting = false;
  let asked = 0;
  ensemble.fault = ({ session }) => {
    if (session === connection.present.id && !isCommitting && ++asked % 50 === 0 && number < 60) {
      isCommitting = true;
      void writer.commit(step(++number)).then(() => {
        isCommitting = false;
      });
    }
    return undefined;
  };
  const seen = await expectOnePicture(reader);
  expect(seen).toBeGreaterThan(0);
  expect(ensemble.requests.filter(({ kind }) => kind === 'watch')).toHaveLength(1);
  expect([...ensemble.sessions.values()].flatMap(({ watched }) => watched)).toEqual([]);
});

test('a server that cannot watch trees is asked as before', async () => {
  const ensemble = new FakeEnsemble();
  const writer = await openZooKeeperStore(quickWorld(), ensemble.connect(), { path: '/s' });
  await writer.commit([...FIRST, ...step(0)]);
  const reader = await openZooKeeperStore(quickWorld(), ensemble.connect(), { path: '/s' });
  let hasCommitted = false;
  ensemble.fault = ({ kind }) => {
    if (kind === 'watch') return 'other';
    if (kind === 'get' && !hasCommitted) {
      hasCommitted = true;
      void writer.commit(step(1));
    }
    return undefined;
  };
  expect(await expectOnePicture(reader)).toBe(1);
});

describe.skipIf(MISSING !== undefined)('on a real ZooKeeper', () => {
  const real = new RealEnsemble();

  test('pictures are whole while commits go out without a pause', async () => {
    const path = real.newPath();
    const writer = await real.client();
    const store = await openZooKeeperStore(writer.world, writer.connection, { path });
    await store.commit([...FIRST, ...step(0)]);
    let isOver = false;
    const writing = (async () => {
      let number = 0;
      while (!isOver) await store.commit(step(++number));
      return number;
    })();
    const { world, connection } = await real.client();
    const reader = await openZooKeeperStore(world, connection, { path });
    try {
      const seen: number[] = [];
      for (let round = 0; round < 5; round++) seen.push(await expectOnePicture(reader));
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? 0);
    } finally {
      isOver = true;
      await writing;
    }
  });

  test('a picture that a broken connection tore is taken again', async () => {
    const path = real.newPath();
    const writer = await real.client();
    const store = await openZooKeeperStore(writer.world, writer.connection, { path });
    await store.commit([...FIRST, ...step(0)]);
    let isOver = false;
    const writing = (async () => {
      for (let number = 1; !isOver; number++) await store.commit(step(number));
    })();
    const { world, connection, proxy } = await real.client();
    const reader = await openZooKeeperStore(world, connection, { path });
    try {
      for (let round = 0; round < 4; round++) {
        const picture = expectOnePicture(reader);
        await new Promise((resolve) => setTimeout(resolve, round * 7));
        proxy.cut();
        await picture;
      }
    } finally {
      isOver = true;
      await writing;
    }
  });

  test('what changes below a node is told, and nothing after it was stopped', async () => {
    const path = real.newPath();
    const { connection } = await real.client();
    const session = await connection.connected(20_000);
    await session.ensurePath(`${path}/a/b`);
    const told: string[] = [];
    const watch = await session.watchTree(path, (changed) => told.push(changed));
    await session.set(`${path}/a/b`, Buffer.from('1'));
    await session.create(`${path}/a/b/c`, Buffer.from('1'));
    await session.remove(`${path}/a/b/c`);
    expect(told).toEqual([`${path}/a/b`, `${path}/a/b/c`, `${path}/a/b/c`]);
    watch.stop();
    await session.set(`${path}/a/b`, Buffer.from('2'));
    expect(told).toHaveLength(3);
    expect(watch.isWhole).toBe(true);
    expect(await real.ensemble.member(0).ask('wchs')).toContain('Total watches:0');
  });
});
