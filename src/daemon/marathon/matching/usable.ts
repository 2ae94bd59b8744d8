// Which resources of an offer an app may take, and taking scalars out of them (marathon.md 13.4, step 1 and 2).
import { strict as assert } from 'node:assert';
import { type Item, scalarItem } from '../../../mesos/resources/item.ts';
import type { Resources } from '../../../mesos/resources.ts';
import type { App } from '../model/app.ts';
import type { MatchContext } from './match.ts';

/** Of which roles an app takes resources; the first is taken from first, so that what all may have stays longest. */
export function acceptedRoles(
  { acceptedResourceRoles: own, role }: Pick<App, 'acceptedResourceRoles' | 'role'>,
  { acceptedResourceRolesDefaultBehavior: otherwise }: Pick<MatchContext, 'acceptedResourceRolesDefaultBehavior'>,
): readonly string[] {
  if (own !== undefined) return own.includes(role) ? [role, ...own.filter((each) => each !== role)] : own;
  if (otherwise === 'unreserved') return ['*'];
  return otherwise === 'reserved' || role === '*' ? [role] : [role, '*'];
}

/** In the order of `roles`, else of the offer. */
export function usableItems(resources: Resources, roles: readonly string[]): Item[] {
  const found: Item[] = [];
  for (const role of roles) {
    for (const item of resources.items)
      if ((item.identity.role ?? '*') === role && isForOrdinaryApps(item)) found.push(item);
  }
  return found;
}

/** Labels that Marathon puts on reservations for instances with volumes. */
const RESERVATION_LABELS: ReadonlySet<string> = new Set(['marathon_framework_id', 'marathon_task_id']);

/** Not revocable, not held for an instance with volumes, and of disks only the plain root disk. */
function isForOrdinaryApps({ identity, disk }: Item): boolean {
  if (identity.isRevocable || identity.isShared) return false;
  if (disk?.persistence !== undefined || disk?.volume !== undefined || disk?.source !== undefined) return false;
  return !identity.reservations.some(({ labels }) => labels?.labels?.some(({ key }) => RESERVATION_LABELS.has(key)));
}

/** Scalars to be taken, possibly of several resources for one need. */
export class ScalarPool {
  readonly #entries: { readonly item: Item; left: number }[] = [];

  constructor(items: readonly Item[]) {
    for (const item of items) if (item.identity.kind === 'SCALAR') this.#entries.push({ item, left: item.millis });
  }

  /** Thousandths. */
  available(name: string): number {
    let sum = 0;
    for (const { item, left } of this.#entries) if (item.identity.name === name) sum += left;
    return sum;
  }

  /** The caller knows that it is there. */
  take(name: string, millis: number, into: Item[]): void {
    let missing = millis;
    for (const entry of this.#entries) {
      if (missing === 0) return;
      if (entry.item.identity.name !== name || entry.left === 0) continue;
      const part = Math.min(entry.left, missing);
      entry.left -= part;
      missing -= part;
      into.push(scalarItem(entry.item.identity, part));
    }
    assert(missing === 0, `${missing} thousandths of ${name} more were asked for than there are`);
  }
}
