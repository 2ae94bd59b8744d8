// The table of roles (`/roles`, mesos-api.md 8.3), checked: from here on the types hold.
import { ApiError } from '../api-error.ts';

type Quantities = Readonly<Record<string, number>>;

/** A known role, or an ancestor of one. Amounts of it and all beneath it, name → units, memory in MB. */
export interface RoleEntry {
  readonly id: string;
  readonly weight: number;
  readonly frameworkIds: readonly string[];
  readonly allocated: Quantities;
  readonly offered: Quantities;
  readonly reserved: Quantities;
  /** Undefined where there is none, or the master tells of none. */
  readonly quota: RoleQuotaEntry | undefined;
}

/** What the role is promised, may have at most, and has of it: reservations and what is used, not what is offered. */
export interface RoleQuotaEntry {
  readonly guarantees: Quantities;
  readonly limits: Quantities;
  readonly consumed: Quantities;
}

/** Throws ApiError `unreadable`. Masters before 1.9 tell no quotas here. */
export function readRoles(answer: unknown, address: string): readonly RoleEntry[] {
  const roles = member(answer, 'roles');
  if (!Array.isArray(roles)) throw new ApiError('unreadable', address, `${address} answered /roles without roles`);
  return roles.map(roleEntry);
}

function roleEntry(value: unknown): RoleEntry {
  const id = member(value, 'name');
  const weight = member(value, 'weight');
  const frameworks = member(value, 'frameworks');
  return {
    id: typeof id === 'string' ? id : '',
    weight: typeof weight === 'number' ? weight : 1,
    frameworkIds: Array.isArray(frameworks) ? frameworks.filter((one) => typeof one === 'string') : [],
    allocated: quantities(member(value, 'allocated') ?? member(value, 'resources')),
    offered: quantities(member(value, 'offered')),
    reserved: quantities(member(value, 'reserved')),
    quota: quotaEntry(member(value, 'quota')),
  };
}

function quotaEntry(value: unknown): RoleQuotaEntry | undefined {
  const guarantees = quantities(member(value, 'guarantee'));
  const limits = quantities(member(value, 'limit'));
  const isNone = Object.keys(guarantees).length === 0 && Object.keys(limits).length === 0;
  return isNone ? undefined : { guarantees, limits, consumed: quantities(member(value, 'consumed')) };
}

/** Numbers only: older masters tell ranges as text. */
function quantities(value: unknown): Quantities {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, amount]) => typeof amount === 'number'));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
