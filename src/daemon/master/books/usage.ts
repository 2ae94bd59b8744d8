// Sums of resources by id, as agents keep them by framework and frameworks by agent. Empty sums have no entry.
import { Resources } from '../../../mesos/resources.ts';

export function addUsage(usage: Map<string, Resources>, id: string, resources: Resources): void {
  if (resources.isEmpty) return;
  usage.set(id, (usage.get(id) ?? Resources.EMPTY).plus(resources));
}

export function subtractUsage(usage: Map<string, Resources>, id: string, resources: Resources): void {
  const left = usage.get(id)?.minus(resources);
  if (left === undefined || left.isEmpty) usage.delete(id);
  else usage.set(id, left);
}
