// Quotas of roles in words, for the list of roles.
import type { LiveQuota } from '../../../client/operator.ts';
import type { QuotaStatus } from '../../../mesos/generated/quota.ts';
import type { Resource } from '../../../mesos/generated/v1.ts';
import { amount } from '../../widgets/words.ts';

/** `cpus 4-16, mem 1,024-`: what is guaranteed, and the most there may be. Masters before 1.9 know guarantees only. */
export function quotasOf(status: QuotaStatus | undefined): ReadonlyMap<string, string> {
  const { configs = [], infos = [] } = status ?? {};
  const guaranteed = (resources: readonly Resource[]) =>
    resources.map(({ name, scalar }) => [name, scalar?.value ?? 0] as const);
  const scalars = (of: Readonly<Record<string, { value: number }>> = {}) =>
    Object.entries(of).map(([name, { value }]) => [name, value] as const);
  const all = [
    ...infos.map(({ role, guarantee = [] }) => ({ role: role ?? '*', least: guaranteed(guarantee), most: [] })),
    ...configs.map(({ role, guarantees, limits }) => ({ role, least: scalars(guarantees), most: scalars(limits) })),
  ];
  return new Map(all.map(({ role, least, most }) => [role, rangesOf(new Map(least), new Map(most))]));
}

/** `cpus 3 of 4-16`: with what the role has of it. */
export function quotaText({ guarantees, limits, consumed }: LiveQuota): string {
  return rangesOf(new Map(Object.entries(guarantees)), new Map(Object.entries(limits)), consumed);
}

function rangesOf(
  least: ReadonlyMap<string, number>,
  most: ReadonlyMap<string, number>,
  consumed?: Readonly<Record<string, number>>,
): string {
  return [...new Set([...least.keys(), ...most.keys()])]
    .map((name) => {
      const limit = most.get(name);
      const has = consumed === undefined ? '' : `${amount(consumed[name] ?? 0)} of `;
      return `${name} ${has}${amount(least.get(name) ?? 0)}-${limit === undefined ? '' : amount(limit)}`;
    })
    .join(', ');
}
