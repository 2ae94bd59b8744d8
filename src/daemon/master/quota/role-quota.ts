// What a role is guaranteed and may have at most (mesos-semantics.md 3.9), in the master's terms and as messages.
import type { QuotaConfig, QuotaInfo } from '../../../mesos/generated/quota.ts';
import type { Value_Scalar } from '../../../mesos/generated/v1.ts';
import { fromMillis, toMillis } from '../../../mesos/resources/scalar.ts';
import type { Quantities } from './quantities.ts';

/** A name without a guarantee is guaranteed nothing of, one without a limit has none. Both empty: no quota. */
export interface RoleQuota {
  readonly guarantees: Quantities;
  readonly limits: Quantities;
}

/** A guarantee of 0 is none, a limit of 0 is one. */
export function quotaOf({ guarantees = {}, limits = {} }: QuotaConfig): RoleQuota {
  return { guarantees: amountsOf(guarantees, (units) => units > 0), limits: amountsOf(limits, () => true) };
}

/** Is it the same as none? */
export function isNoQuota({ guarantees, limits }: RoleQuota): boolean {
  return Object.keys(guarantees).length === 0 && Object.keys(limits).length === 0;
}

/** The quota as UPDATE_QUOTA takes it and GET_QUOTA tells it; members that say nothing are left out. */
export function configOf(role: string, { guarantees, limits }: RoleQuota): QuotaConfig {
  return {
    role,
    ...(Object.keys(guarantees).length > 0 && { guarantees: scalarsOf(guarantees) }),
    ...(Object.keys(limits).length > 0 && { limits: scalarsOf(limits) }),
  };
}

/** The guarantees in the form that came before. */
export function infoOf(role: string, { guarantees }: RoleQuota): QuotaInfo {
  const resources = Object.entries(guarantees).map(([name, value]) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
  }));
  return { role, ...(resources.length > 0 && { guarantee: resources }) };
}

function amountsOf(scalars: Readonly<Record<string, Value_Scalar>>, keep: (units: number) => boolean): Quantities {
  const entries = Object.entries(scalars).map(([name, { value }]) => [name, fromMillis(toMillis(value))] as const);
  return Object.fromEntries(entries.filter(([, units]) => keep(units)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function scalarsOf(quantities: Quantities): Record<string, Value_Scalar> {
  return Object.fromEntries(Object.entries(quantities).map(([name, value]) => [name, { value }]));
}
