// One top-level role in the quota ledger: what it was promised, what it may have at most, what it consumes.
import type { MinimumSizes } from '../minimum-sizes.ts';
import { type ClusterTotals, Quantities } from '../sorter/cluster-totals.ts';

/** Scalar amounts in units by name; what is not named is no guarantee, or no limit. */
export interface Quota {
  readonly guarantees: Readonly<Record<string, number>>;
  readonly limits: Readonly<Record<string, number>>;
}

const NO_QUOTA: Quota = { guarantees: {}, limits: {} };

/** Amounts in thousandths at the indexes of the cluster's scalar names. Changed by the ledger only. */
export class RoleAccount {
  readonly role: string;
  /** In units, as it was set. */
  quota = NO_QUOTA;
  /** In agents' totals, for the role and those beneath it, whether used or not. */
  readonly reserved = new Quantities();
  /** Quota resources offered or allocated to frameworks of the role and those beneath it. */
  readonly held = new Quantities();
  /** Part of the guarantee that is not met. */
  readonly deficit = new Quantities();
  /** Scalars that a guarantee is, or was, set for. */
  readonly guaranteedIndexes = new Set<number>();
  /** Index → thousandths; what is not there is unlimited. */
  limits: ReadonlyMap<number, number> = new Map();
  /** Held, but not counted for the limit until the run ends: see QuotaLedger.exempt. */
  exempt: Quantities | undefined;
  /** Grows with everything that decides its slack. */
  version = 1;
  /** Answer of `isSpent`, and when it was given. */
  #isSpent = false;
  #spentVersion = 0;
  #spentSizes: MinimumSizes | undefined;
  /** Roles with frameworks at or beneath it. */
  trackedRoles = 0;
  #guarantees: ReadonlyMap<number, number> = new Map();

  constructor(role: string) {
    this.role = role;
  }

  get hasQuota(): boolean {
    return this.hasGuarantees || this.limits.size > 0;
  }

  get hasGuarantees(): boolean {
    return this.#guarantees.size > 0;
  }

  get isUnused(): boolean {
    return !this.hasQuota && this.trackedRoles === 0 && this.held.isZero && this.reserved.isZero;
  }

  setQuota(totals: ClusterTotals, quota: Quota): void {
    this.quota = quota;
    this.#guarantees = toMillisAt(totals, quota.guarantees, 0);
    this.limits = toMillisAt(totals, quota.limits, undefined);
    for (const index of this.#guarantees.keys()) this.guaranteedIndexes.add(index);
  }

  consumed(index: number): number {
    return this.reserved.at(index) + this.held.at(index);
  }

  /** Of the guarantee. */
  missing(index: number): number {
    return Math.max(0, (this.#guarantees.get(index) ?? 0) - this.consumed(index));
  }

  /** Whether the limit leaves less than any of the minimum sizes. Without any, nothing is too little. */
  isSpent(quota: { indexOf(name: string): number }, minimumSizes: MinimumSizes): boolean {
    if (minimumSizes.length === 0) return false;
    if (this.#spentVersion !== this.version || this.#spentSizes !== minimumSizes) {
      this.#isSpent = !minimumSizes.some((sizes) =>
        sizes.every(({ name, millis }) => this.slack(quota.indexOf(name)) >= millis),
      );
      this.#spentVersion = this.version;
      this.#spentSizes = minimumSizes;
    }
    return this.#isSpent;
  }

  /** What may still be added before the limit is reached; infinite without one. */
  slack(index: number): number {
    const limit = this.limits.get(index);
    if (limit === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, limit - this.consumed(index) + (this.exempt?.at(index) ?? 0));
  }
}

/** `leftOut`: an amount that says nothing. A guarantee of 0 is none; a limit of 0 is one. */
function toMillisAt(
  totals: ClusterTotals,
  amounts: Readonly<Record<string, number>>,
  leftOut: number | undefined,
): ReadonlyMap<number, number> {
  const millis = new Map<number, number>();
  for (const [name, amount] of Object.entries(amounts)) {
    if (amount !== leftOut) millis.set(totals.indexOf(name), Math.round(amount * 1000));
  }
  return millis;
}
