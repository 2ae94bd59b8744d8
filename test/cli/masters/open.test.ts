// Masters found through a real ZooKeeper, and what a person is told when they are not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awaitLeader, openMasters } from '../../../src/cli/masters/open.ts';
import { isLeaderSource } from '../../../src/client/leader-source.ts';
import { connectZooKeeper, parseZooKeeperAddress, ZooKeeperElection } from '../../../src/cluster/zookeeper/index.ts';
import { masterInfo, publishedInfo } from '../../../src/daemon/master/master-info.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { type Ensemble, eventually, MISSING, startEnsemble } from '../../cluster/zookeeper/ensemble.ts';

const world = createRealWorld({ log: { level: 'silent' } });
const published = (ip: string) =>
  publishedInfo(masterInfo({ id: `id-${ip}`, ip, port: 5050, hostname: 'h', domain: undefined }));
const nothing = { elected: () => undefined, lost: () => undefined };

afterAll(() => world.close());

async function problemOf(place: string, timeoutMs: number) {
  const masters = await openMasters(world, [place]);
  try {
    await awaitLeader(masters, timeoutMs);
    throw new Error('there was a leader');
  } catch (error) {
    return error as Error & { exitCode?: number };
  } finally {
    await masters.close();
  }
}

test('addresses are not waited for', async () => {
  const masters = await openMasters(world, ['a:5050', 'b:5050']);
  await awaitLeader(masters, 0);
  expect(masters.places).toEqual(['a:5050', 'b:5050']);
  await masters.close();
});

test('an ensemble that does not answer is unreachable after the time, and its password is not told', async () => {
  const problem = await problemOf('zk://user:secret@127.0.0.1:1/mesos', 200);
  expect(problem).toMatchObject({ name: 'Problem', exitCode: 8 });
  expect(problem.message).toContain('zk://127.0.0.1:1/mesos');
  expect(problem.message).toContain('ECONNREFUSED');
  expect(problem.message).not.toContain('secret');
});

describe.skipIf(MISSING !== undefined)('an election on ZooKeeper', () => {
  let ensemble: Ensemble;
  beforeAll(async () => {
    ensemble = await startEnsemble();
  });
  afterAll(() => ensemble?.stop());

  const stand = async (path: string, ip: string, credentials?: string) => {
    const address = parseZooKeeperAddress(ensemble.url(path, credentials));
    const connection = connectZooKeeper(world, address, { sessionTimeoutMs: 2_000 });
    const election = new ZooKeeperElection(world, connection, { path: connection.path, names: 'masters' });
    await election.campaign({ data: published(ip) }, nothing);
    return {
      connection,
      async leave() {
        await election.close();
        await connection.close();
      },
    };
  };

  test('names its leader, and the next one', async () => {
    const first = await stand('/mesos', '10.0.0.1');
    const masters = await openMasters(world, [ensemble.url('/mesos')]);
    const { places } = masters;
    if (!isLeaderSource(places)) throw new Error('no election');
    await awaitLeader(masters, 10_000);
    expect(places.current).toBe('http://10.0.0.1:5050');
    const second = await stand('/mesos', '10.0.0.2');
    await first.leave();
    await eventually('the second to lead', () => places.current === 'http://10.0.0.2:5050');
    await second.leave();
    await eventually('nobody to lead', () => places.current === undefined);
    await masters.close();
  });

  test('that nobody stands in has no leader: unreachable', async () => {
    const problem = await problemOf(ensemble.url('/nobody'), 300);
    expect(problem).toMatchObject({ exitCode: 8, message: expect.stringContaining('No master leads') });
  });

  test('of another user can be read by everybody, as detectors need it', async () => {
    const theirs = await stand('/theirs', '10.0.0.3', 'them:secret');
    for (const credentials of [undefined, 'us:secret']) {
      const masters = await openMasters(world, [ensemble.url('/theirs', credentials)]);
      await awaitLeader(masters, 10_000);
      await masters.close();
    }
    await theirs.leave();
  });

  test('that we may not look at is not allowed', async () => {
    const them = connectZooKeeper(world, parseZooKeeperAddress(ensemble.url('/closed', 'them:secret')), {
      sessionTimeoutMs: 2_000,
    });
    await (await them.connected(10_000)).ensurePath('/closed', 'private');
    const problem = await problemOf(ensemble.url('/closed', 'us:hidden'), 500);
    expect(problem).toMatchObject({ exitCode: 9 });
    expect(problem.message).not.toContain('hidden');
    await them.close();
  });
});
