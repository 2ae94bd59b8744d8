// `mctl framework why`: how a framework stands in its roles, and what keeps which agents from it.
import type { FrameworkWhy, RoleWhy } from '../../client/operator/why.ts';
import type { EXIT } from '../exit-codes.ts';
import { formatAge, formatAmount } from '../output/units.ts';
import type { Table, View } from '../output/view.ts';

type Verdict = RoleWhy['verdicts'][number];

/** What stands in the way, and what can be done about it. A verdict that is not here is shown by its name. */
const WORDS: Readonly<Record<string, { readonly text: string; readonly advice?: string }>> = {
  next: { text: 'free: offered as soon as it is its turn' },
  used: { text: 'nothing is free' },
  refused: {
    text: 'refused by the framework, for a while',
    advice: 'Its filters end by themselves; REVIVE ends them at once.',
  },
  'too-small': {
    text: 'what is free is less than the least worth offering',
    advice: 'mctl master --min_allocatable_resources',
  },
  reserved: { text: 'what is free is reserved to other roles', advice: 'mctl agent unreserve' },
  limit: { text: 'the limit of its role is reached', advice: 'mctl role quota' },
  headroom: { text: 'kept free for the guarantees of other roles', advice: 'mctl role quota' },
  inactive: { text: 'disconnected, draining or deactivated', advice: 'mctl agent list' },
  whitelist: { text: 'not on the whitelist', advice: 'mctl master --whitelist' },
  gpus: { text: 'has GPUs, and the framework lacks GPU_RESOURCES' },
  region: { text: 'in another region, and the framework lacks REGION_AWARE' },
  constraints: { text: "excluded by the framework's offer constraints" },
  capabilities: { text: 'revocable, shared or refined: the framework does not take that' },
  'multi-role': { text: 'does not know frameworks with several roles' },
  'hierarchical-role': { text: 'does not know roles beneath roles' },
};

const ABSENCES: Readonly<Record<string, string>> = {
  disconnected: 'It is not connected: nobody would hear an offer.',
  suppressed: 'It asked for no offers (SUPPRESS) until it revives.',
  unsubscribed: 'It left this role and only holds what it still has there.',
};

/** `cannotPlace` when it wants offers and nothing could be offered to it in any role, as `mctl app why`. */
export function whyExit({ roles, paused }: FrameworkWhy): keyof typeof EXIT {
  if (roles.every(({ absence }) => absence === 'suppressed')) return 'ok';
  if (paused) return 'cannotPlace';
  return roles.some((role) => role.absence === undefined && count(role, 'next') > 0) ? 'ok' : 'cannotPlace';
}

/** `nowMs`: for how long filters still last. */
export function frameworkWhyView(why: FrameworkWhy, nowMs: number): View {
  const [only] = why.roles;
  return {
    data: why,
    names: [why.framework_id],
    body: {
      kind: 'details',
      items: [
        ['Framework', `${why.name} (${why.framework_id})`],
        ['Paused', why.paused ? 'Yes: after a fail-over no offers are made until enough agents are back.' : undefined],
        ...(why.roles.length === 1 && only !== undefined ? roleItems(only) : []),
      ],
      sections: why.roles.flatMap((role) => [
        ...(why.roles.length > 1 ? [{ title: `Role ${role.role}`, table: itemTable(roleItems(role)) }] : []),
        { title: `Its ${role.agents} agents, for role ${role.role}`, table: verdictTable(role, nowMs) },
      ]),
    },
  };
}

function roleItems(role: RoleWhy): [string, string | undefined][] {
  const { quota, headroom } = role;
  const advice = role.verdicts.flatMap(({ verdict }) => WORDS[verdict]?.advice ?? []);
  return [
    ['Role', role.role],
    ['Answer', answerText(role)],
    ['Share', `${percent(role.share)} of the cluster; its role ${percent(role.role_share)}, weight ${role.weight}`],
    ['Turn', turnText(role)],
    ['Quota', quota && `${quota.role}: ${quotaText(quota)}`],
    ['Headroom', headroom && `${amountsText(headroom.required)} to be kept of ${amountsText(headroom.available)} free`],
    ['Least offer', role.minimum.map((sizes) => amountsText(sizes)).join(' or ') || 'anything'],
    ['See', role.absence === undefined && count(role, 'next') === 0 ? advice[0] : undefined],
  ];
}

function answerText(role: RoleWhy): string {
  if (role.absence !== undefined) return ABSENCES[role.absence] ?? `It takes no part: ${role.absence}.`;
  if (role.agents === 0) return 'There are no agents.';
  const next = count(role, 'next');
  if (next > 0)
    return `${next} of ${role.agents} agents ${next === 1 ? 'is' : 'are'} offered to it when its turn comes.`;
  const [most] = role.verdicts;
  return most === undefined ? 'Nothing is known.' : `Nothing can be offered. Most agents: ${wordsOf(most)}.`;
}

function turnText({ role_order, framework_order }: RoleWhy): string | undefined {
  if (framework_order.position === undefined) return undefined;
  const roles = role_order.position === undefined ? '' : `role ${role_order.position} of ${role_order.total}, `;
  return `${roles}framework ${framework_order.position} of ${framework_order.total} in it`;
}

function quotaText({ guarantees, limits, consumed }: NonNullable<RoleWhy['quota']>): string {
  return [
    `consumed ${amountsText(consumed)}`,
    ...(Object.keys(guarantees).length > 0 ? [`guaranteed ${amountsText(guarantees)}`] : []),
    ...(Object.keys(limits).length > 0 ? [`at most ${amountsText(limits)}`] : []),
  ].join(', ');
}

/** Of an agent that it would be offered, if it took part. */
const FREE = 'free';

function verdictTable({ verdicts, absence }: RoleWhy, nowMs: number): Table {
  const words = (verdict: Verdict): string =>
    absence !== undefined && verdict.verdict === 'next' ? FREE : wordsOf(verdict);
  return {
    kind: 'table',
    columns: [{ title: 'AGENTS', align: 'right' }, { title: 'WHY' }, { title: 'FOR EXAMPLE' }],
    rows: verdicts.map((verdict) => [String(verdict.agents), words(verdict), exampleText(verdict, nowMs)]),
  };
}

function exampleText({ examples: [first] }: Verdict, nowMs: number): string {
  if (first === undefined) return '';
  const ends = first.ends_ms === undefined ? '' : `, for ${formatAge(Math.max(0, first.ends_ms - nowMs))} more`;
  return `${first.hostname ?? first.agent_id}${first.resources === '' ? '' : `: ${first.resources}`}${ends}`;
}

const itemTable = (items: readonly [string, string | undefined][]): Table => ({
  kind: 'table',
  columns: [{ title: '' }, { title: '' }],
  rows: items.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
});

const wordsOf = ({ verdict }: Verdict): string => WORDS[verdict]?.text ?? verdict;
const count = ({ verdicts }: RoleWhy, kind: string): number =>
  verdicts.find(({ verdict }) => verdict === kind)?.agents ?? 0;
const percent = (share: number): string => `${formatAmount(Math.round(share * 1000) / 10)} %`;
const amountsText = (amounts: Readonly<Record<string, number>>): string =>
  Object.entries(amounts)
    .map(([name, amount]) => `${name} ${formatAmount(amount)}`)
    .join(', ') || 'nothing';
