// What the daemons have written, read past them, and held against what they say: a write of somebody who had no business
// to write any more shows as a difference between the two.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectZooKeeper, openZooKeeperStore, parseZooKeeperAddress } from '../../../src/cluster/zookeeper/index.ts';
import { parseAppText } from '../../../src/daemon/marathon/groups/kept/records.ts';
import { readRegistry } from '../../../src/daemon/master/registry/records.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import type { HaCluster } from './ha-cluster.ts';

/** A late request of a client that has given up may still be under way; it is gone soon. */
const TRIES = 20;
const PAUSE_MS = 250;

/** What of it is compared, as text. */
type Picture = Readonly<Record<string, string>>;

/** Throws with the first differences unless both say the same soon. Nobody may write meanwhile. */
export async function compareStored(cluster: HaCluster, masterUrl: string, marathonUrl: string): Promise<void> {
  const world = createRealWorld({ log: { level: 'silent' } });
  const address = parseZooKeeperAddress(cluster.ensemble.url('/any'));
  const connection = connectZooKeeper(world, address, { sessionTimeoutMs: 5_000 });
  const entries = async (path: string, prefix: string) => {
    const store = await openZooKeeperStore(world, connection, { path, readTimeoutMs: 30_000 });
    try {
      return await store.read(prefix);
    } finally {
      await store.close();
    }
  };
  try {
    for (let attempt = 1; ; attempt++) {
      const registry = readRegistry(await entries(`${cluster.electionPath}/mctl-state`, 'registry/'));
      const apps = await entries(`${cluster.marathonPath}/mctl-state`, 'apps/');
      const written: Picture = {
        ...Object.fromEntries([...registry.weights].map(([role, weight]) => [`weight of ${role}`, String(weight)])),
        ...Object.fromEntries([...registry.agents.keys()].map((id) => [`agent ${id}`, 'registered'])),
        ...Object.fromEntries(
          apps.map(({ key, value }) => {
            const { app } = parseAppText(key, Buffer.from(value).toString('utf8'));
            return [`version of ${app.id}`, String(app.version)];
          }),
        ),
      };
      const said = { ...(await saidBy(masterUrl)), ...(await saidOfApps(marathonUrl)) };
      const differences = difference(written, said);
      if (differences.length === 0) return;
      if (attempt === TRIES)
        throw new Error(`what is written is not what is said: ${differences.slice(0, 5).join('; ')}`);
      await sleep(PAUSE_MS);
    }
  } finally {
    await connection.close();
    await world.close();
  }
}

async function saidBy(masterUrl: string): Promise<Picture> {
  const weights = await get<{ role: string; weight: number }[]>(`${masterUrl}/weights`);
  const { slaves } = await get<{ slaves: { id: string }[] }>(`${masterUrl}/slaves`);
  return {
    ...Object.fromEntries(weights.map(({ role, weight }) => [`weight of ${role}`, String(weight)])),
    ...Object.fromEntries(slaves.map(({ id }) => [`agent ${id}`, 'registered'])),
  };
}

async function saidOfApps(marathonUrl: string): Promise<Picture> {
  const { apps } = await get<{ apps: { id: string; version: string }[] }>(`${marathonUrl}/v2/apps`);
  return Object.fromEntries(apps.map(({ id, version }) => [`version of ${id}`, version]));
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

function difference(written: Picture, said: Picture): string[] {
  return [...new Set([...Object.keys(written), ...Object.keys(said)])]
    .filter((what) => written[what] !== said[what])
    .map((what) => `${what}: written ${written[what]}, said ${said[what]}`);
}
