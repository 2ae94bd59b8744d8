// What the master tells of each role: who is in it, and how much its subtree has allocated, offered and reserved. /roles and
// GET_ROLES show the same table in two forms (mesos-api.md 6.1, 8.3).
import { withAncestors } from '../../../mesos/resources/roles.ts';
import type { Resources } from '../../../mesos/resources.ts';
import { forEach, mapped, type Sliced } from '../../serving/slices/sliced.ts';
import { limitable } from '../quota/consumption.ts';
import type { RoleQuota } from '../quota/role-quota.ts';
import type { MasterState } from '../state/master-state.ts';

/** Name → total of scalars in thousandths; names that sum up to 0 are left out when shown. */
type Quantities = Map<string, number>;

/** A role as /roles and GET_ROLES show it. */
export interface RoleFacts {
  readonly role: string;
  readonly weight: number;
  readonly frameworkIds: readonly string[];
  /** Of this role and all below it, in units. */
  readonly allocated: Readonly<Record<string, number>>;
  readonly offered: Readonly<Record<string, number>>;
  readonly reserved: Readonly<Record<string, number>>;
  /** Allocated or offered. */
  readonly resources: Readonly<Record<string, number>>;
  /** What counts against a quota: reservations, used or not, and what is allocated without one. */
  readonly consumed: Readonly<Record<string, number>>;
  readonly quota: RoleQuota;
}

class RoleSums {
  readonly allocated: Quantities = new Map();
  readonly offered: Quantities = new Map();
  readonly reserved: Quantities = new Map();
  readonly consumed: Quantities = new Map();
}

const NO_QUOTA: RoleQuota = { guarantees: {}, limits: {} };

/** Every known role as it is now, and the ancestors of each, sorted by name. */
export function* roleTable(state: MasterState): Sliced<readonly RoleFacts[]> {
  const sums = new Map<string, RoleSums>();
  const know = (role: string) => {
    for (const name of withAncestors(role)) if (!sums.has(name)) sums.set(name, new RoleSums());
  };
  const frameworkIds = new Map(Array.from(state.roles.entries(), ([role, ids]) => [role, [...ids]]));
  const weights = new Map(state.weights);
  const quotas = new Map(state.quotas);
  const agents = Array.from(state.agents.registered.values(), (agent) => ({
    total: agent.totalResources,
    used: [...agent.usedResources.values()],
  }));
  const offers = [...state.offers.values()];
  yield;
  for (const roles of [frameworkIds, weights, quotas]) for (const role of roles.keys()) know(role);

  const add = (kind: keyof RoleSums, role: string, resources: Resources) => {
    know(role);
    const quantities = resources.quantities();
    for (const name of withAncestors(role)) addTo(sums.get(name)?.[kind], quantities);
  };
  yield* forEach(agents, ({ total, used }) => {
    for (const [role, reserved] of total.reservations()) {
      add('reserved', role, reserved);
      add('consumed', role, reserved);
    }
    for (const resources of used) {
      for (const role of resources.allocationRoles()) {
        const part = resources.ofAllocationRole(role);
        add('allocated', role, part);
        add('consumed', role, limitable(part));
      }
    }
  });
  yield* forEach(offers, ({ role, resources }) => add('offered', role, resources));

  const table = yield* mapped(sums, ([role, sum]) =>
    facts(role, sum, weights.get(role), frameworkIds.get(role), quotas.get(role)),
  );
  return table.sort((a, b) => (a.role < b.role ? -1 : 1));
}

function facts(
  role: string,
  sum: RoleSums,
  weight = 1,
  frameworkIds: readonly string[] = [],
  quota = NO_QUOTA,
): RoleFacts {
  const resources: Quantities = new Map(sum.allocated);
  for (const [name, amount] of sum.offered) resources.set(name, (resources.get(name) ?? 0) + amount);
  return {
    role,
    weight,
    frameworkIds,
    allocated: shown(sum.allocated),
    offered: shown(sum.offered),
    reserved: shown(sum.reserved),
    resources: shown(resources),
    consumed: shown(sum.consumed),
    quota,
  };
}

function addTo(sum: Quantities | undefined, quantities: ReadonlyMap<string, number>): void {
  if (sum === undefined) return;
  for (const [name, amount] of quantities) sum.set(name, (sum.get(name) ?? 0) + Math.round(amount * 1000));
}

/** In units, sorted by name, without zeros. */
function shown(sum: Quantities): Readonly<Record<string, number>> {
  const entries = [...sum].filter(([, amount]) => amount !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, amount]) => [name, amount / 1000]));
}
