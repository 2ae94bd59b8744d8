// What of an agent's free quota resources a role may have: up to its guarantee, then up to its limit and to what is left
// beyond the headroom for the guarantees of others (mesos-semantics.md 3.3).
import type { Item } from '../../mesos/resources/item.ts';
import { Resources } from '../../mesos/resources.ts';
import type { MinimumSizes } from '../eligibility.ts';
import { isQuotaResource, type QuotaLedger } from './ledger.ts';
import type { RoleAccount } from './role-account.ts';
import { shrink } from './shrink.ts';

/** The part that helps to meet what is missing of the role's guarantee. */
export function cutToGuarantee(quota: QuotaLedger, account: RoleAccount, limitable: Resources): Resources {
  return shrink(limitable, (name) => account.deficit.at(quota.indexOf(name)));
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
 * Whether limit and headroom leave the role less than any minimum size of what an agent has free, however it is cut: then
 * nobody in it needs to be asked. Says no when it is not certain.
 */
export function isHopeless(
  quota: QuotaLedger,
  account: RoleAccount | undefined,
  free: Resources,
  minimumSizes: MinimumSizes,
): boolean {
  const { hasReserved, hasRevocable } = free.traits;
  if (hasReserved || hasRevocable || minimumSizes.length === 0) return false;
  for (const sizes of minimumSizes) {
    let isReached = true;
    for (const { name, millis } of sizes) {
      const index = quota.indexOf(name);
      if (Math.min(slackOf(account, index), quota.surplus(index)) >= millis && millisOf(free, name) >= millis) continue;
      // Ranges and sets are never cut, and count by their elements.
      if (free.traits.hasNonScalar && hasElements(free, name)) continue;
      isReached = false;
      break;
    }
    if (isReached) return false;
  }
  return true;
}

const slackOf = (account: RoleAccount | undefined, index: number): number =>
  account === undefined ? Number.POSITIVE_INFINITY : account.slack(index);

function millisOf(resources: Resources, name: string): number {
  let sum = 0;
  for (const item of resources.items) if (item.identity.name === name && isQuotaResource(item)) sum += item.millis;
  return sum;
}

const hasElements = (resources: Resources, name: string): boolean =>
  resources.items.some(({ identity }) => identity.name === name && identity.kind !== 'SCALAR');
