// A program whose watch throws: says what becomes of the session. Argument: the URL.
import { parseZooKeeperAddress } from '../../../../src/cluster/zookeeper/address.ts';
import { connectZooKeeper } from '../../../../src/cluster/zookeeper/connection.ts';
import { createRealWorld } from '../../../../src/world/real/index.ts';

const [, , url = ''] = process.argv;
const world = createRealWorld({ log: { level: 'error' } });
process.on('uncaughtException', (error) => process.stdout.write(`uncaught: ${error.message}\n`));
const connection = connectZooKeeper(world, parseZooKeeperAddress(url), { sessionTimeoutMs: 4_000 });
const session = await connection.connected(10_000);
await session.ensurePath(connection.path);
session.watchData(connection.path, () => {
  throw new Error('thrown by a watch');
});
const [, , got] = await Promise.all([
  session.set(connection.path, Buffer.from('1')),
  session.set(connection.path, Buffer.from('2')),
  session.get(connection.path),
]);
process.stdout.write(`got: ${got?.data}, ${session.state}\n`);
await connection.close();
await world.close();
