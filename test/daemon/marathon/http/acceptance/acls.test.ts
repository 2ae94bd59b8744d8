// What strangers may do to the nodes of a Marathon whose address has credentials (marathon.md 20.1, 24.1), on a real
// ZooKeeper.
import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  connectZooKeeper,
  openZooKeeperStore,
  parseZooKeeperAddress,
  type ZooKeeperConnection,
  ZooKeeperElection,
} from '../../../../../src/cluster/zookeeper/index.ts';
import { parseMarathonOptions, type RunningMarathon, startMarathon } from '../../../../../src/daemon/marathon/index.ts';
import { createRealWorld } from '../../../../../src/world/real/index.ts';
import { type Ensemble, eventually, MISSING, startEnsemble } from '../../../../cluster/zookeeper/ensemble.ts';
import { line } from './lines.ts';

const ELECTION = '/services/marathon/leader-curator';
const STATE = '/services/marathon/mctl-state';

describe.skipIf(MISSING !== undefined)('on ZooKeeper', () => {
  const world = createRealWorld({ log: { level: 'silent' } });
  let ensemble: Ensemble;
  let connection: ZooKeeperConnection;
  let marathon: RunningMarathon;

  const connect = (credentials?: string): ZooKeeperConnection => {
    const address = parseZooKeeperAddress(ensemble.url('/services/marathon', credentials));
    return connectZooKeeper(world, address, { sessionTimeoutMs: 4_000 });
  };

  beforeAll(async () => {
    ensemble = await startEnsemble();
    connection = connect('me:s3cret');
    const args = ['--master=127.0.0.1:1', '--http_address=127.0.0.1', '--http_port=0'];
    marathon = await startMarathon(world, parseMarathonOptions({ args }), {
      election: new ZooKeeperElection(world, connection, { path: ELECTION, names: 'latch' }),
      openStore: () => openZooKeeperStore(world, connection, { path: STATE }),
    });
    await eventually('a leader', async () => ((await fetch(`${marathon.url}/v2/leader`)).ok ? true : undefined));
  });

  afterAll(async () => {
    await marathon?.stop();
    await connection?.close();
    await ensemble?.stop();
    await world.close();
  });

  line('ZooKeeper nodes carry the configured ACLs', async () => {
    const body = JSON.stringify({ id: '/web', cmd: 'sleep 1', instances: 0 });
    expect((await fetch(`${marathon.url}/v2/apps`, { method: 'POST', body })).status).toBe(201);
    const stranger = connect();
    const other = connect('you:s3cret');
    try {
      for (const someone of [await stranger.connected(10_000), await other.connected(10_000)]) {
        // Who leads may be known to everybody, and changed by nobody.
        const [candidate = ''] = (await someone.children(ELECTION)) ?? [];
        expect((await someone.get(`${ELECTION}/${candidate}`))?.data.toString()).toBe(`127.0.0.1:${marathon.port}`);
        const mine = Buffer.from('10.0.0.1:8080');
        const refused = { code: 'no-auth' };
        await expect(someone.create(`${ELECTION}/_c_x-latch-`, mine, { sequential: true })).rejects.toMatchObject(
          refused,
        );
        await expect(someone.remove(`${ELECTION}/${candidate}`)).rejects.toMatchObject(refused);
        await expect(someone.set(`${ELECTION}/${candidate}`, mine)).rejects.toMatchObject(refused);
        await expect(someone.children(STATE)).rejects.toMatchObject(refused);
        await expect(someone.create(`${STATE}/x`, mine)).rejects.toMatchObject(refused);
      }
      const [owner = ''] = (await (await connection.connected(1_000)).children(STATE)) ?? [];
      expect(owner).not.toBe('');
    } finally {
      await stranger.close();
      await other.close();
    }
  });
});
