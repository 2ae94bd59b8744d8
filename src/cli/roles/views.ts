// `mctl role list|show|weight|quota`.
import type { RoleEntry, RoleQuotaEntry } from '../../client/operator.ts';
import { formatAmount, formatMegabytes } from '../output/units.ts';
import type { Table, View } from '../output/view.ts';
import { amountText, quantitiesText } from './amounts.ts';

/** All known roles: used or offered amounts, weights, quotas. */
export function roleListView(roles: readonly RoleEntry[]): View {
  return {
    data: roles.map(roleJson),
    names: roles.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ROLE' },
        { title: 'WEIGHT', align: 'right' },
        { title: 'FRAMEWORKS', align: 'right' },
        { title: 'CPUS', align: 'right' },
        { title: 'MEM', align: 'right' },
        { title: 'QUOTA' },
        { title: 'OFFERED', wide: true },
        { title: 'RESERVED', wide: true },
      ],
      rows: roles.map(({ id, weight, frameworkIds, allocated, offered, reserved, quota }) => [
        id,
        formatAmount(weight),
        String(frameworkIds.length),
        formatAmount(allocated.cpus ?? 0),
        formatMegabytes(allocated.mem ?? 0),
        quota === undefined ? '-' : quotaText(quota),
        quantitiesText(offered) ?? '-',
        quantitiesText(reserved) ?? '-',
      ]),
    },
    empty: 'No roles: no framework is subscribed, and no role has a weight or a quota.',
  };
}

/** One role; those beneath it below. */
export function roleView(role: RoleEntry, all: readonly RoleEntry[]): View {
  const { id, weight, frameworkIds, allocated, offered, reserved, quota } = role;
  const beneath = all.filter((other) => other.id.startsWith(`${id}/`));
  const list = roleListView(beneath).body;
  return {
    data: roleJson(role),
    names: [id],
    body: {
      kind: 'details',
      items: [
        ['Role', id],
        ['Weight', formatAmount(weight)],
        ['Frameworks', frameworkIds.join(', ') || 'none'],
        ['Allocated', quantitiesText(allocated) ?? 'nothing'],
        ['Offered', quantitiesText(offered) ?? 'nothing'],
        ['Reserved', quantitiesText(reserved) ?? 'nothing'],
        ...quotaItems(quota),
      ],
      sections: beneath.length > 0 && list.kind === 'table' ? [{ title: 'Roles beneath', table: list }] : [],
    },
  };
}

/** Roles that have a quota, a line for each resource. */
export function quotaListView(roles: readonly RoleEntry[]): View {
  const withQuota = roles.flatMap((role) => (role.quota === undefined ? [] : [{ id: role.id, quota: role.quota }]));
  return {
    data: withQuota.map(({ id, quota }) => quotaJson(id, quota)),
    names: withQuota.map(({ id }) => id),
    body: quotaTable(withQuota),
    empty: 'No role has a quota.',
  };
}

/** Of one role; `quota` undefined: it has none. */
export function quotaView(id: string, quota: RoleQuotaEntry | undefined): View {
  return {
    data: quotaJson(id, quota),
    names: [id],
    body: { kind: 'details', items: [['Role', id], ...quotaItems(quota)] },
  };
}

function quotaTable(roles: readonly { readonly id: string; readonly quota: RoleQuotaEntry }[]): Table {
  return {
    kind: 'table',
    columns: [
      { title: 'ROLE' },
      { title: 'RESOURCE' },
      { title: 'GUARANTEED', align: 'right' },
      { title: 'LIMIT', align: 'right' },
      { title: 'CONSUMED', align: 'right' },
    ],
    rows: roles.flatMap(({ id, quota }) =>
      quotaNames(quota).map((name) => {
        const text = (amount: number | undefined) => (amount === undefined ? '-' : amountText(name, amount));
        return [id, name, text(quota.guarantees[name]), text(quota.limits[name]), text(quota.consumed[name] ?? 0)];
      }),
    ),
  };
}

/** Configured weights, or that of one role. */
export function weightView(weights: readonly { readonly role: string; readonly weight: number }[]): View {
  return {
    data: weights,
    names: weights.map(({ role }) => role),
    body: {
      kind: 'table',
      columns: [{ title: 'ROLE' }, { title: 'WEIGHT', align: 'right' }],
      rows: weights.map(({ role, weight }) => [role, formatAmount(weight)]),
    },
    empty: 'No weights are set: every role weighs 1.',
  };
}

function quotaItems(quota: RoleQuotaEntry | undefined): [string, string | undefined][] {
  if (quota === undefined) return [['Quota', 'none']];
  return [
    ['Guaranteed', quantitiesText(quota.guarantees) ?? 'nothing'],
    ['Limits', quantitiesText(quota.limits) ?? 'none'],
    ['Consumed', quantitiesText(quota.consumed) ?? 'nothing'],
  ];
}

/** `cpus 3 of 4-16, mem 0 MB of 512 MB+`: consumed, guaranteed, and at most; `+` where there is no limit. */
function quotaText(quota: RoleQuotaEntry): string {
  return quotaNames(quota)
    .map((name) => {
      const limit = quota.limits[name];
      const most = limit === undefined ? '+' : `-${amountText(name, limit)}`;
      const [has, least] = [quota.consumed[name] ?? 0, quota.guarantees[name] ?? 0];
      return `${name} ${amountText(name, has)} of ${amountText(name, least)}${most}`;
    })
    .join(', ');
}

function quotaNames({ guarantees, limits }: RoleQuotaEntry): string[] {
  return [...new Set([...Object.keys(guarantees), ...Object.keys(limits)])].sort();
}

function roleJson({ id, weight, frameworkIds, allocated, offered, reserved, quota }: RoleEntry): object {
  return { role: id, weight, frameworks: frameworkIds, allocated, offered, reserved, quota: quota ?? null };
}

function quotaJson(role: string, quota: RoleQuotaEntry | undefined): object {
  return { role, ...(quota ?? { guarantees: {}, limits: {}, consumed: {} }) };
}
