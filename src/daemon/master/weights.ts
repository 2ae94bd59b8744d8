// UPDATE_WEIGHTS: durable first; then, if a role in use is concerned, every outstanding offer is rescinded so that the next
// run divides anew (mesos-semantics.md 3.7).
import type { WeightInfo } from '../../mesos/generated/v1.ts';
import { isRoleOrBeneath } from '../../mesos/resources/roles.ts';
import { rescindOffer } from './books/offers.ts';
import type { MasterCore } from './core.ts';
import { putWeight } from './registry/records.ts';

/** The weights are valid; roles that are not named keep theirs. */
export async function updateWeights(core: MasterCore, weights: readonly WeightInfo[]): Promise<void> {
  const changed = weights.flatMap(({ role, weight }) => (role === undefined ? [] : [{ role, weight }]));
  if (changed.length === 0) return;
  // The registry wins over --weights as soon as it has any, so those go with the first. Later only what is changed is
  // written: two updates at the same time must not undo each other.
  const written = new Map(core.state.hasRegistryWeights ? [] : core.state.weights);
  core.state.hasRegistryWeights = true;
  for (const { role, weight } of changed) written.set(role, weight);
  await core.registrar.apply([...written].map(([role, weight]) => putWeight(role, weight)));
  for (const { role, weight } of changed) core.state.weights.set(role, weight);
  core.allocator.updateWeights(core.state.weights);
  if (!changed.some(({ role }) => isInUse(core, role))) return;
  for (const offer of [...core.state.offers.values()]) rescindOffer(core, offer);
}

/** A weight is that of the whole subtree: whoever is in it gets more or less. */
function isInUse({ state }: MasterCore, role: string): boolean {
  for (const [used] of state.roles.entries()) if (isRoleOrBeneath(used, role)) return true;
  return false;
}
