// What Marathon has in memory against what it has stored. Whenever nothing waits to be written both must say the same, or
// a restart would know less than clients were told.
import type { Marathon } from '../../../daemon/marathon/marathon.ts';
import type { MarathonCluster } from './cluster.ts';

/** One line a difference; none while something is being written. */
export function notStored(cluster: MarathonCluster): string[] {
  const { marathon, witness } = cluster;
  if (marathon === undefined || witness.backlog > 0) return [];
  return [
    ...difference('instances', instancesInMemory(marathon), instancesStored(cluster)),
    ...difference('apps', appsInMemory(marathon), appsStored(cluster)),
    ...difference('deployments', deploymentsInMemory(marathon), deploymentsStored(cluster)),
  ];
}

type Picture = ReadonlyMap<string, string>;

function difference(what: string, memory: Picture, stored: Picture): string[] {
  const ids = [...new Set([...memory.keys(), ...stored.keys()])];
  return ids
    .filter((id) => memory.get(id) !== stored.get(id))
    .map((id) => `${what}: ${id} is ${memory.get(id) ?? 'gone'}, stored is ${stored.get(id) ?? 'nothing'}`);
}

function instancesInMemory({ instances }: Marathon): Picture {
  return new Map([...instances.all()].map(({ id, goal, condition, task }) => [id, `${goal} ${condition} ${task?.id}`]));
}

function instancesStored({ witness }: MarathonCluster): Picture {
  return new Map([...witness.instances].map(([id, one]) => [id, `${one.goal} ${one.condition} ${one.task?.id}`]));
}

function appsInMemory({ groups }: Marathon): Picture {
  return new Map([...groups.root.apps.values()].map(({ id, version, instances }) => [id, `${version} ${instances}`]));
}

function appsStored(cluster: MarathonCluster): Picture {
  const apps = [...cluster.stored('apps/').values()].map(
    (text) => (JSON.parse(text) as { app: { id: string; version: string; instances: number } }).app,
  );
  return new Map(apps.map(({ id, version, instances }) => [id, `${version} ${instances}`]));
}

function deploymentsInMemory({ deployments }: Marathon): Picture {
  return new Map(deployments.running.map(({ plan }) => [plan.id, 'under way']));
}

function deploymentsStored(cluster: MarathonCluster): Picture {
  return new Map([...cluster.stored('deployments/').keys()].map((key) => [key.split('/')[1] ?? '', 'under way']));
}
