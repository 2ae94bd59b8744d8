// What top-level roles have consumed of their quota, and what must be kept back so that guarantees can still be met
// (mesos-semantics.md 3.3, 3.9). Kept up to date with every change, so that a run asks and never sums up.
import type { Item } from '../../mesos/resources/item.ts';
import type { Resources } from '../../mesos/resources.ts';
import { type ClusterTotals, Quantities } from '../sorter/cluster-totals.ts';
import { type Quota, RoleAccount } from './role-account.ts';

/** `a/b/c` → `a`: quota is a matter of top-level roles, their sub-roles count to them. */
export function topLevelOf(role: string): string {
  const end = role.indexOf('/');
  return end < 0 ? role : role.slice(0, end);
}

/** Unreserved, not revocable, scalar: what guarantees are kept out of, and what limits cut. */
export const isQuotaResource = ({ identity }: Item): boolean =>
  identity.kind === 'SCALAR' && identity.role === undefined && !identity.isRevocable;

/** Accounts exist for roles with quota, reservations, holdings or frameworks. Amounts in thousandths throughout. */
export class QuotaLedger {
  readonly #totals: ClusterTotals;
  readonly #accounts = new Map<string, RoleAccount>();
  /** Quota resources there are, and those that somebody known holds. */
  readonly #there = new Quantities();
  readonly #held = new Quantities();
  /** Sum of the deficits: the headroom that is required. */
  readonly #required = new Quantities();
  /** The same as the second stage of a run found it; undefined outside of one. */
  #frozenRequired: Quantities | undefined;
  #exempted: RoleAccount[] = [];
  /** Those whose guarantee is not met, whatever is missing. */
  readonly inDeficit = new Set<RoleAccount>();
  /** Roles with any guarantee or limit. */
  quotaCount = 0;
  /** Grows whenever somebody might be offered more than before: something came back, or what is promised changed. */
  slackVersion = 1;

  constructor(totals: ClusterTotals) {
    this.#totals = totals;
  }

  /** Of a scalar, in all amounts here. */
  indexOf(name: string): number {
    return this.#totals.indexOf(name);
  }

  /** Of the top-level role that `role` is or is beneath; there from now on. */
  account(role: string): RoleAccount {
    const path = topLevelOf(role);
    const known = this.#accounts.get(path);
    if (known !== undefined) return known;
    const account = new RoleAccount(path);
    this.#accounts.set(path, account);
    return account;
  }

  /** Undefined when nothing is known of the role. */
  find(role: string): RoleAccount | undefined {
    return this.#accounts.get(topLevelOf(role));
  }

  /** Replaces the quota of a top-level role; one without guarantees and limits is none. */
  setQuota(role: string, quota: Quota): void {
    const account = this.account(role);
    const hadQuota = account.hasQuota;
    account.setQuota(this.#totals, quota);
    this.quotaCount += Number(account.hasQuota) - Number(hadQuota);
    this.#revise(account);
    this.slackVersion += 1;
    this.dropIfUnused(account);
  }

  /** An agent's total, or part of it, came (`sign` 1) or went (-1). */
  changeTotal(total: Resources, sign: 1 | -1): void {
    for (const item of total.items) {
      const { kind, role, isRevocable, name } = item.identity;
      if (kind !== 'SCALAR') continue;
      if (role !== undefined) {
        const account = this.account(role);
        account.reserved.addAt(this.#totals.indexOf(name), sign * item.millis);
        this.#revise(account);
        if (sign < 0) this.dropIfUnused(account);
      } else if (!isRevocable) this.#there.addAt(this.#totals.indexOf(name), sign * item.millis);
    }
    this.slackVersion += 1;
  }

  /** Somebody under the account's role was given (`sign` 1) or gave back (-1) resources. */
  changeHeld(account: RoleAccount, resources: Resources, sign: 1 | -1): void {
    for (const item of resources.items) {
      if (!isQuotaResource(item)) continue;
      const index = this.#totals.indexOf(item.identity.name);
      account.held.addAt(index, sign * item.millis);
      this.#held.addAt(index, sign * item.millis);
    }
    this.#revise(account);
    if (sign > 0) return;
    this.slackVersion += 1;
    this.dropIfUnused(account);
  }

  /**
   * From here to `endRun` the required headroom stays what it is though guarantees are met meanwhile: so the original does
   * in its second stage, and what that keeps back is there for the next run.
   */
  beginSecondStage(): void {
    if (this.isHeadroomRequired) this.#frozenRequired = this.#required.copy();
  }

  /**
   * What a sub-role was just given does not count for the limit until the run ends: so it is in the original, where limits do
   * not bind sub-roles (AllocatorOptions.limitsBindSubroles).
   */
  exempt(account: RoleAccount, resources: Resources): void {
    if (account.limits.size === 0) return;
    account.exempt ??= new Quantities();
    account.version += 1;
    this.#exempted.push(account);
    for (const item of resources.items) {
      if (isQuotaResource(item)) account.exempt.addAt(this.#totals.indexOf(item.identity.name), item.millis);
    }
  }

  endRun(): void {
    for (const account of this.#exempted) {
      account.exempt = undefined;
      account.version += 1;
    }
    this.#exempted = [];
    const frozen = this.#frozenRequired;
    this.#frozenRequired = undefined;
    if (frozen?.vector.some((millis, index) => millis !== this.#required.at(index)) === true) this.slackVersion += 1;
  }

  /** Whether anything must be kept back for guarantees. */
  get isHeadroomRequired(): boolean {
    return this.#frozenRequired !== undefined || this.inDeficit.size > 0;
  }

  /**
   * Thousandths of a scalar, by its index, that may go to a role beyond its guarantee: what is free of quota resources less
   * the headroom that is required. Infinite while no headroom is.
   */
  surplus(index: number): number {
    if (!this.isHeadroomRequired) return Number.POSITIVE_INFINITY;
    const required = this.#frozenRequired ?? this.#required;
    return Math.max(0, this.#there.at(index) - this.#held.at(index) - required.at(index));
  }

  /** Reservations, used or not, and quota resources held: name → units. */
  consumption(role: string): Record<string, number> {
    const sum = new Quantities();
    const account = this.find(role);
    for (const index of this.#totals.names.keys()) sum.addAt(index, account?.consumed(index) ?? 0);
    return this.#totals.toRecord(sum.vector);
  }

  /** Headroom as it stands: name → units. */
  headroom(): { readonly required: Record<string, number>; readonly available: Record<string, number> } {
    const available = new Quantities();
    for (const index of this.#totals.names.keys()) available.addAt(index, this.#there.at(index) - this.#held.at(index));
    return {
      required: this.#totals.toRecord(this.#required.vector),
      available: this.#totals.toRecord(available.vector),
    };
  }

  /** Accounts of roles that come and go must not pile up. */
  dropIfUnused(account: RoleAccount): void {
    if (account.isUnused) this.#accounts.delete(account.role);
  }

  /** After its consumption or its guarantee changed. */
  #revise(account: RoleAccount): void {
    account.version += 1;
    if (!account.hasGuarantees && !this.inDeficit.has(account)) return;
    let isShort = false;
    for (const index of account.guaranteedIndexes) {
      const missing = account.missing(index);
      if (missing > 0) isShort = true;
      this.#required.addAt(index, missing - account.deficit.at(index));
      account.deficit.addAt(index, missing - account.deficit.at(index));
    }
    if (isShort) {
      this.inDeficit.add(account);
    } else if (this.inDeficit.delete(account) && this.inDeficit.size === 0) {
      // Nothing is kept back any more. That is news where an agent holds more than it has: what is free elsewhere is more
      // than the cluster has left then, and only the headroom minded that.
      this.slackVersion += 1;
    }
  }
}
