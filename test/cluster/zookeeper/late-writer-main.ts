// Program: a candidate that, once it leads, claims the state and writes whatever it is told, without asking first whether it
// may still act. Arguments: URL of the ensemble with the path. Talks over IPC.
import {
  connectZooKeeper,
  openZooKeeperStore,
  parseZooKeeperAddress,
  ZooKeeperElection,
} from '../../../src/cluster/zookeeper/index.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

/** What it says of itself. */
export type LateWriterNews =
  | { readonly kind: 'leads'; readonly epoch: number }
  | { readonly kind: 'wrote' | 'refused'; readonly what: string };

const tell = (news: LateWriterNews): void => void process.send?.(news);
const world = createRealWorld({ log: { level: 'silent' } });
const connection = connectZooKeeper(world, parseZooKeeperAddress(process.argv[2] ?? ''), { sessionTimeoutMs: 1_000 });
const { path } = connection;
const store = await openZooKeeperStore(world, connection, { path: `${path}/state` });
const election = new ZooKeeperElection(world, connection, { path, names: 'masters' });
let fence = 0;
process.on('message', (value: string) => {
  store.commit([{ kind: 'put', key: 'entry', value: Buffer.from(value) }], { fence }).then(
    () => tell({ kind: 'wrote', what: value }),
    (error: { code: string }) => tell({ kind: 'refused', what: error.code }),
  );
});
process.on('disconnect', () => process.exit(0));
await election.campaign(
  { data: String(process.pid) },
  {
    elected: (epoch) => {
      fence = epoch;
      void store.commit([], { fence }).then(() => tell({ kind: 'leads', epoch }));
    },
    lost: () => undefined,
  },
);
