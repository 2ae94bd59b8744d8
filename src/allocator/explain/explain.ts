// Why a framework was not offered what: how it stands in one of its roles, and what a run would say to each agent. Looks at all
// agents, so that a caller takes the verdicts piece by piece.
import type { Books } from '../books.ts';
import type { FrameworkUnderRole } from '../framework.ts';
import type { RunRules } from '../run.ts';
import { absenceOf } from '../share-views.ts';
import type { MinAllocatable, ShareView } from '../types.ts';
import { frameworkOrder, frameworkShare, roleOrder } from '../views.ts';
import { type AgentVerdict, judge, minimumOf } from './verdict.ts';

/** Amounts in units, memory in MB. */
export interface RoleExplanation {
  readonly frameworkId: string;
  readonly role: string;
  /** What keeps it from taking part; undefined: it does. */
  readonly absence: ShareView['absence'];
  /** Roles that take part, the first one next in line, and the frameworks of this role. */
  readonly roleOrder: readonly string[];
  readonly frameworkOrder: readonly string[];
  /** Dominant share of the framework within the cluster, and of the role's subtree divided by its weight. */
  readonly share: number;
  readonly roleShare: number;
  readonly weight: number;
  /** Of the top-level role; undefined when it has none. */
  readonly quota:
    | {
        readonly role: string;
        readonly guarantees: Readonly<Record<string, number>>;
        readonly limits: Readonly<Record<string, number>>;
        readonly consumed: Readonly<Record<string, number>>;
      }
    | undefined;
  /** What must be kept free for guarantees, and what is free; undefined when nothing must. */
  readonly headroom:
    | { readonly required: Readonly<Record<string, number>>; readonly available: Readonly<Record<string, number>> }
    | undefined;
  readonly minimum: MinAllocatable;
  readonly filterCount: number;
  /** One for each agent, in no order; each is judged as things are when it is taken. */
  readonly verdicts: Iterable<AgentVerdict>;
}

/** Of each role that the framework is subscribed to or holds something of. Undefined: the framework is unknown. */
export function explain(
  books: Books,
  frameworkId: string,
  rules: RunRules,
  isWhitelisted: (hostname: string) => boolean,
): RoleExplanation[] | undefined {
  const framework = books.frameworks.get(frameworkId);
  if (framework === undefined) return undefined;
  const order = roleOrder(books);
  return [...framework.roles.values()].map((under) => explainRole(books, under, order, rules, isWhitelisted));
}

function explainRole(
  books: Books,
  under: FrameworkUnderRole,
  order: readonly string[],
  rules: RunRules,
  isWhitelisted: (hostname: string) => boolean,
): RoleExplanation {
  const { quota, tree } = books;
  const { path, account } = under.role;
  return {
    frameworkId: under.framework.id,
    role: path,
    absence: absenceOf(under),
    roleOrder: order,
    frameworkOrder: frameworkOrder(books, path),
    share: frameworkShare(books, under.framework.id, path),
    roleShare: tree.share(path),
    weight: tree.weight(path),
    quota: account.hasQuota ? { role: account.role, ...account.quota, consumed: quota.consumption(path) } : undefined,
    headroom: quota.isHeadroomRequired ? quota.headroom() : undefined,
    minimum: minimumOf(under, rules).map((sizes) =>
      Object.fromEntries(sizes.map(({ name, millis }) => [name, millis / 1000])),
    ),
    filterCount: under.filterCount,
    verdicts: verdicts(books, under, rules, isWhitelisted),
  };
}

function* verdicts(
  books: Books,
  under: FrameworkUnderRole,
  rules: RunRules,
  isWhitelisted: (hostname: string) => boolean,
): Iterable<AgentVerdict> {
  for (const agent of books.agents.values()) yield judge(books, under, agent, rules, isWhitelisted(agent.hostname));
}
