// Why one agent was not offered to one framework for one role: the checks of a run, in their order, until one says no.
import { Resources } from '../../mesos/resources.ts';
import type { AgentRecord } from '../agent.ts';
import type { Books } from '../books.ts';
import { type Obstacle, obstacle, stripIncapable } from '../eligibility.ts';
import type { FrameworkUnderRole } from '../framework.ts';
import { isAllocatable, type MinimumSizes } from '../minimum-sizes.ts';
import { cutToGuarantee, cutToLimits, limitedBy } from '../quota/cuts.ts';
import { isQuotaResource } from '../quota/ledger.ts';
import type { RunRules } from '../run.ts';

/**
 * `inactive`: disconnected, draining or deactivated. `whitelist`: left out by it. `used`: nothing is free. `reserved`: what is free is
 * reserved to other roles. An obstacle: see there. `capabilities`: what is free is revocable, shared or refined, and the
 * framework does not take that. `too-small`: less than the minimum size. `limit`, `headroom`: quota leaves less than that.
 * `refused`: the framework refused it, and the filter holds. `next`: nothing is in the way.
 */
export type VerdictKind =
  | 'inactive'
  | 'whitelist'
  | 'used'
  | 'reserved'
  | Obstacle
  | 'capabilities'
  | 'too-small'
  | 'limit'
  | 'headroom'
  | 'refused'
  | 'next';

/** Of one agent. */
export interface AgentVerdict {
  readonly agentId: string;
  readonly kind: VerdictKind;
  /** What it would be, or was cut to; without allocation roles. */
  readonly resources: Resources;
  /** `refused` only: when the filter ends, in ms since 1970. */
  readonly endsMs: number | undefined;
}

/** `isWhitelisted` is of the agent. */
export function judge(
  books: Books,
  under: FrameworkUnderRole,
  agent: AgentRecord,
  rules: RunRules,
  isWhitelisted: boolean,
): AgentVerdict {
  const { framework, role } = under;
  const no = (kind: VerdictKind, resources = Resources.EMPTY, endsMs?: number): AgentVerdict => ({
    agentId: agent.id,
    kind,
    resources,
    endsMs,
  });
  if (!agent.isActive) return no('inactive');
  if (!isWhitelisted) return no('whitelist');
  if (agent.free.isEmpty) return no('used');
  const available = agent.free.allocatableTo(role.path);
  if (available.isEmpty) return no('reserved', agent.free);
  const blocked = obstacle(framework, role.path, agent, rules);
  if (blocked !== undefined) return no(blocked, available);
  const offer = stripIncapable(available, framework);
  if (offer.isEmpty) return no('capabilities', available);
  const minimum = minimumOf(under, rules);
  if (!isAllocatable(offer, minimum)) return no('too-small', offer);
  const allowed = afterQuota(books, under, offer, rules);
  if (!isAllocatable(allowed.resources, minimum)) return no(allowed.cutBy, allowed.resources);
  const endsMs = books.filters.hiddenUntil(agent, under, allowed.resources);
  return endsMs === undefined ? no('next', allowed.resources) : no('refused', allowed.resources, endsMs);
}

/** The least worth offering there. */
export const minimumOf = ({ framework, role }: FrameworkUnderRole, rules: RunRules): MinimumSizes =>
  framework.minimumSizes.get(role.path) ?? rules.minimumSizes;

function afterQuota(
  { quota }: Books,
  { role }: FrameworkUnderRole,
  offer: Resources,
  rules: RunRules,
): { readonly resources: Resources; readonly cutBy: 'limit' | 'headroom' } {
  const limitable = offer.select(isQuotaResource);
  const others = offer.select((item) => !isQuotaResource(item));
  const isDue = role.account.role === role.path && quota.inDeficit.has(role.account);
  const guaranteed = isDue ? cutToGuarantee(quota, role.account, limitable, undefined) : Resources.EMPTY;
  const rest = limitable.minus(guaranteed);
  const more = cutToLimits(quota, limitedBy(role, rules), rest, guaranteed, undefined);
  // Without the limit: was it that, or the headroom for others?
  const isHeadroom = cutToLimits(quota, undefined, rest, undefined, undefined).equals(more);
  return { resources: others.plus(guaranteed).plus(more), cutBy: isHeadroom ? 'headroom' : 'limit' };
}
