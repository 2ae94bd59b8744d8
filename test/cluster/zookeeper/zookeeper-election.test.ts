// The election on a real ZooKeeper: the contract of all elections, sessions that end, and what others see of it.
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../../src/cluster/election.ts';
import { ZooKeeperElection, type ZooKeeperElectionOptions } from '../../../src/cluster/zookeeper/index.ts';
import { describeElectionContract } from '../election-contract.ts';
import { eventually, MISSING } from './ensemble.ts';
import { type Client, type ClientOptions, RealEnsemble } from './support/real.ts';

/** One candidate, and what it was told. */
interface Standing {
  readonly client: Client;
  readonly election: ZooKeeperElection;
  readonly told: string[];
  readonly epochs: number[];
  mayAct(): boolean;
  withdraw(): Promise<void>;
}

describe.skipIf(MISSING !== undefined)('on a real ZooKeeper', () => {
  const real = new RealEnsemble();

  async function stand(
    path: string,
    data: string,
    options: ClientOptions = {},
    names: ZooKeeperElectionOptions['names'] = 'masters',
  ): Promise<Standing> {
    const client = await real.client(options);
    const election = new ZooKeeperElection(client.world, client.connection, { path, names });
    const told: string[] = [];
    const epochs: number[] = [];
    const candidacy = await election.campaign(
      { data },
      {
        elected: (epoch) => {
          epochs.push(epoch);
          told.push('elected');
        },
        suspended: () => told.push('suspended'),
        resumed: () => told.push('resumed'),
        lost: () => told.push('lost'),
      },
    );
    const { mayAct, withdraw } = candidacy;
    return { client, election, told, epochs, mayAct, withdraw };
  }

  const elected = (standing: Standing): Promise<number> => eventually('a leader', () => standing.epochs.at(-1));

  /** On a busy machine a connection may break, which is no end of its session. */
  const synced = ({ connection }: Client): Promise<true | undefined> =>
    eventually('an answer', async () =>
      (await connection.connected(20_000)).sync('/').then(
        () => true,
        () => undefined,
      ),
    );

  const rowOf = async ({ election }: Standing): Promise<string[]> =>
    (await election.candidates(20_000)).map(({ data }) => data);

  const standingInRow = (standing: Standing, count: number): Promise<true | undefined> =>
    eventually(`${count} candidates`, async () => (await rowOf(standing)).length === count || undefined);

  describeElectionContract('ZooKeeper', { second: 'waits' }, async () => {
    const path = real.newPath();
    const clients = new Map<string, { readonly client: Client; readonly election: ZooKeeperElection }>();
    const watcher = await real.client();
    return {
      async election(name) {
        const known = clients.get(name);
        if (known !== undefined) return known.election;
        const client = await real.client({ sessionTimeoutMs: 2_000 });
        const election = new ZooKeeperElection(client.world, client.connection, { path, names: 'masters' });
        clients.set(name, { client, election });
        return election;
      },
      // Cut off for good: its node goes when the ensemble has waited in vain for its session.
      async crash(name) {
        const crashed = clients.get(name);
        const session = crashed?.client.connection.session;
        clients.delete(name);
        crashed?.client.proxy.refuse();
        const onlooker = await watcher.connection.connected(20_000);
        await eventually('the end of its session', async () => {
          const names = (await onlooker.children(path)) ?? [];
          const nodes = await Promise.all(names.map((child) => onlooker.get(`${path}/${child}`)));
          return nodes.every((node) => node?.stat.ephemeralOwner !== session?.id) || undefined;
        });
      },
      // Every answer comes behind the events before it; what they lead to takes a few questions more.
      async settle() {
        for (let round = 0; round < 8; round++) {
          for (const { client } of clients.values()) await synced(client);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
      drive: (body) => body(),
      async dispose() {
        await Promise.all([...clients.values()].map(({ election }) => election.close()));
        await Promise.all(
          [watcher, ...[...clients.values()].map(({ client }) => client)].map((client) => client.close()),
        );
      },
    };
  });

  test('a leader that is cut off stops acting before the next one is elected, and is told that it has lost', async () => {
    const path = real.newPath();
    const first = await stand(path, 'A');
    const epoch = await elected(first);
    const second = await stand(path, 'B');
    await standingInRow(second, 2);
    first.client.proxy.stall();
    let both = 0;
    const looking = setInterval(() => {
      both += first.mayAct() && second.mayAct() ? 1 : 0;
    }, 1);
    expect(await elected(second)).toBeGreaterThan(epoch);
    expect(first.mayAct()).toBe(false);
    clearInterval(looking);
    expect(both).toBe(0);
    first.client.proxy.heal();
    await eventually('the bad news', () => first.told.includes('lost') || undefined);
    expect(first.told).toEqual(['elected', 'suspended', 'lost']);
    expect(await rowOf(second)).toEqual(['B']);
  });

  test('a leader whose connection breaks for a moment goes on', async () => {
    const first = await stand(real.newPath(), 'A', { sessionTimeoutMs: 4_000 });
    await elected(first);
    first.client.proxy.cut();
    await eventually('to go on', () => first.told.includes('resumed') || undefined);
    expect(first.told).toEqual(['elected', 'suspended', 'resumed']);
    expect(first.mayAct()).toBe(true);
  });

  test('a candidate that waits and loses its session stands again, and leads when its turn comes', async () => {
    const path = real.newPath();
    const first = await stand(path, 'A');
    await elected(first);
    const second = await stand(path, 'B');
    await standingInRow(first, 2);
    const session = second.client.connection.session;
    second.client.proxy.refuse();
    await standingInRow(first, 1);
    second.client.proxy.heal();
    await standingInRow(first, 2);
    expect(second.client.connection.session?.id).not.toBe(session?.id);
    expect(second.told).toEqual([]);
    await first.withdraw();
    await elected(second);
  });

  test('an observer follows a change of leaders over the end of its own session', async () => {
    const path = real.newPath();
    const first = await stand(path, 'A');
    await elected(first);
    const client = await real.client();
    const onlooker = new ZooKeeperElection(client.world, client.connection, { path, names: 'masters' });
    const seen: (string | undefined)[] = [];
    await onlooker.observe((leader: Candidate | undefined) => seen.push(leader?.data));
    await eventually('the leader', () => seen.includes('A') || undefined);
    client.proxy.refuse();
    await eventually('the end of the session', () => seen.includes(undefined) || undefined);
    const second = await stand(path, 'B');
    await standingInRow(second, 2);
    await first.withdraw();
    client.proxy.heal();
    await eventually('the next leader', () => seen.includes('B') || undefined);
    expect(seen).toEqual(['A', undefined, 'B']);
  });

  test('the nodes are what detectors of masters and latches of Curator look for', async () => {
    const [masters, latch] = [real.newPath(), real.newPath()];
    const info = '{"address":{"hostname":"h","ip":"10.0.0.1","port":5050}}';
    const master = await stand(masters, info);
    const marathon = await stand(latch, 'h:8080', {}, 'latch');
    await Promise.all([elected(master), elected(marathon)]);
    const session = await master.client.connection.connected(20_000);
    expect(await session.children(masters)).toEqual(['json.info_0000000000']);
    const node = await session.get(`${masters}/json.info_0000000000`);
    expect(node?.data.toString()).toBe(info);
    expect(node?.stat.czxid).toBe(master.epochs[0]);
    expect(await session.children(latch)).toEqual([expect.stringMatching(/^_c_[0-9a-f-]{36}-latch-0000000000$/)]);
  });

  test('with credentials everybody sees who leads, and nobody else can stand or remove', async () => {
    const path = real.newPath();
    const owner = await stand(path, 'A', { credentials: 'alice:secret' });
    await elected(owner);
    const stranger = await stand(path, 'B');
    expect(await rowOf(stranger)).toEqual(['A']);
    const session = await stranger.client.connection.connected(20_000);
    await expect(session.remove(`${path}/json.info_0000000000`)).rejects.toMatchObject({ code: 'no-auth' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stranger.told).toEqual([]);
    await owner.withdraw();
    expect(await rowOf(stranger)).toEqual([]);
    expect(stranger.told).toEqual([]);
  });

  test('a path that cannot be read is told in words', async () => {
    const path = real.newPath();
    const client = await real.client({ credentials: 'alice:secret' });
    await (await client.connection.connected(20_000)).ensurePath(path, 'private');
    const stranger = await stand(path, 'B');
    await expect(stranger.election.candidates(20_000)).rejects.toMatchObject({
      name: 'ElectionError',
      code: 'not-allowed',
      message: expect.stringMatching(/does not let us at \/test-\d+: it belongs to another user/),
    });
  });
});
