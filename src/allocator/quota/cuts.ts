// What of an agent's free quota resources a role may have: up to its guarantee, then up to its limit and to what is left
// beyond the headroom for the guarantees of others (mesos-semantics.md 3.3).
import type { Item } from '../../mesos/resources/item.ts';
import { Resources } from '../../mesos/resources.ts';
import type { MinimumSizes } from '../minimum-sizes.ts';
import type { TrackedRole } from '../sorter/role-tree.ts';
import { isQuotaResource, type QuotaLedger } from './ledger.ts';
import type { RoleAccount } from './role-account.ts';
import { shrink } from './shrink.ts';

/** See AllocatorOptions. */
export interface LimitRules {
  readonly limitsBindSubroles: boolean;
}

/** Whose limits cut what the role is offered; undefined: nobody's. */
export function limitedBy({ account, path }: TrackedRole, rules: LimitRules): RoleAccount | undefined {
  if (account.limits.size === 0) return undefined;
  return rules.limitsBindSubroles || account.role === path ? account : undefined;
}

/** The part that helps to meet what is missing of the role's guarantee. */
export function cutToGuarantee(
  quota: QuotaLedger,
  account: RoleAccount,
  limitable: Resources,
  shuffle: ((items: Item[]) => Item[]) | undefined,
): Resources {
  return shrink(limitable, (name) => account.deficit.at(quota.indexOf(name)), shuffle);
}

/**
 * As far as headroom and the limit of `account`, if any applies, go once the role has `alreadyGiven`. `limitable` itself when
 * nothing is cut.
 */
export function cutToLimits(
  quota: QuotaLedger,
  account: RoleAccount | undefined,
  limitable: Resources,
  alreadyGiven: Resources | undefined,
  shuffle: ((items: Item[]) => Item[]) | undefined,
): Resources {
  const given = alreadyGiven ?? Resources.EMPTY;
  return shrink(
    limitable,
    (name) => {
      const index = quota.indexOf(name);
      return Math.min(slackOf(account, index) - millisOf(given, name), quota.surplus(index));
    },
    shuffle,
  );
}

/**
 * Whether the headroom leaves everybody less of what an agent has free than any minimum size, however it is cut: then nobody
 * needs to be asked. Says no when it is not certain.
 */
export function isHopeless(quota: QuotaLedger, free: Resources, minimumSizes: MinimumSizes): boolean {
  if (!isPlain(free) || minimumSizes.length === 0) return false;
  return !minimumSizes.some((sizes) =>
    sizes.every(
      ({ name, millis }) =>
        Math.min(quota.surplus(quota.indexOf(name)), millisOf(free, name)) >= millis || hasElements(free, name),
    ),
  );
}

/** Without what no quota cuts, except for ranges and sets. */
export const isPlain = ({ traits }: Resources): boolean => !traits.hasReserved && !traits.hasRevocable;

const slackOf = (account: RoleAccount | undefined, index: number): number =>
  account === undefined ? Number.POSITIVE_INFINITY : account.slack(index);

function millisOf(resources: Resources, name: string): number {
  let sum = 0;
  for (const item of resources.items) if (item.identity.name === name && isQuotaResource(item)) sum += item.millis;
  return sum;
}

const hasElements = (resources: Resources, name: string): boolean =>
  resources.traits.hasNonScalar &&
  resources.items.some(({ identity }) => identity.name === name && identity.kind !== 'SCALAR');
