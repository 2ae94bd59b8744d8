// Sums of resources by id, as agents keep them by framework and frameworks by agent. Empty sums have no entry.
import { Resources } from '../../../mesos/resources.ts';

/** Adds to the sum under `id`; nothing added makes no entry. */
export function addUsage(usage: Map<string, Resources>, id: string, resources: Resources): void {
  if (resources.isEmpty) return;
  usage.set(id, (usage.get(id) ?? Resources.EMPTY).plus(resources));
}

/** Takes from the sum under `id`; what is not there to be taken counts as nothing. */
export function subtractUsage(usage: Map<string, Resources>, id: string, resources: Resources): void {
  const left = usage.get(id)?.minus(resources);
  if (left === undefined || left.isEmpty) usage.delete(id);
  else usage.set(id, left);
}
