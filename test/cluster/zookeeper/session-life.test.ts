// Sessions with a real ZooKeeper.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseZooKeeperAddress } from '../../../src/cluster/zookeeper/address.ts';
import { connectZooKeeper } from '../../../src/cluster/zookeeper/connection.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { type Ensemble, MISSING, startEnsemble } from './ensemble.ts';

describe.skipIf(MISSING !== undefined)('a session', () => {
  let ensemble: Ensemble;
  const world = createRealWorld({ log: { level: 'error' } });
  beforeAll(async () => {
    ensemble = await startEnsemble();
  });
  afterAll(async () => {
    await ensemble?.stop();
    await world.close();
  });

  test('does what is asked of it, in order', async () => {
    const connection = connectZooKeeper(world, parseZooKeeperAddress(ensemble.url('/a')), { sessionTimeoutMs: 4_000 });
    const session = await connection.connected(5_000);
    await session.ensurePath('/a/b');
    let told = 0;
    session.watchChildren('/a/b', () => {
      told += 1;
    });
    const path = await session.create('/a/b/x-', Buffer.from('hi'), { ephemeral: true, sequential: true });
    expect(path).toBe('/a/b/x-0000000000');
    const got = await session.get(path);
    expect(got?.data.toString()).toBe('hi');
    expect(got?.stat.ephemeralOwner).toBe(session.id);
    expect(await session.children('/a/b')).toEqual(['x-0000000000']);
    expect((await session.set(path, Buffer.from('ho'), 0)).version).toBe(1);
    await expect(session.set(path, Buffer.from('ho'), 0)).rejects.toMatchObject({ code: 'bad-version', path });
    await expect(
      session.multi([
        { kind: 'check', path, version: 1 },
        { kind: 'remove', path, version: 0 },
      ]),
    ).rejects.toMatchObject({ code: 'bad-version', failedStep: 1 });
    await session.multi([
      { kind: 'check', path, version: 1 },
      { kind: 'create', path: '/a/c', data: Buffer.from('c') },
      { kind: 'set', path, data: Buffer.from('y') },
    ]);
    await session.sync('/a');
    await session.remove(path);
    expect(await session.get(path)).toBeUndefined();
    expect(told).toBeGreaterThan(0);
    expect(session.isCertain()).toBe(true);
    await connection.close();
    expect(session.state).toBe('closed');
  });
});
