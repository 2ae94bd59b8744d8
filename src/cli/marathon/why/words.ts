// Why an offer does not fit, in words (marathon.md 7.3).
import type { PlacementExplanation, Shortfall, SuggestedChange } from '../../../client/marathon.ts';
import { formatAge, formatAmount } from '../../output/units.ts';
import type { Answer } from './ask.ts';

const REASONS: Readonly<Record<string, string>> = {
  UnfulfilledRole: 'resources of another role',
  UnfulfilledConstraint: 'constraint not met',
  NoCorrespondingReservationFound: 'no reservation for it',
  AgentMaintenance: 'in maintenance',
  InsufficientCpus: 'not enough cpus',
  InsufficientMemory: 'not enough mem',
  InsufficientDisk: 'not enough disk',
  InsufficientGpus: 'not enough gpus',
  InsufficientPorts: 'ports not free',
  DeclinedScarceResources: 'kept for apps that use GPUs',
};

/** `InsufficientCpus` → `not enough cpus`. */
export function reasonText(reason: string): string {
  return REASONS[reason] ?? reason;
}

/** With the numbers: `cpus: 2 wanted, 0.5 free`. */
export function shortfallText(shortfall: Shortfall): string {
  const { reason, resource, needed, available, missing, constraint, value, placed, region, offered, accepted } =
    shortfall;
  if (resource !== undefined && needed !== undefined && available !== undefined)
    return `${resource}: ${formatAmount(needed)} wanted, ${formatAmount(available)} free`;
  if (reason === 'InsufficientPorts') {
    if (missing !== undefined && missing.length > 0) return `port ${missing.join(', ')} is not free`;
    return `ports: ${needed ?? '?'} wanted, ${available ?? '?'} free`;
  }
  if (constraint !== undefined) {
    const there = value === undefined ? `it has no ${constraint.field}` : `${constraint.field} is ${value}`;
    const taken = placed !== undefined && placed > 0 ? `, where ${placed} run already` : '';
    return `${constraintText(constraint)}: ${there}${taken}`;
  }
  if (reason === 'UnfulfilledRole')
    return `it has ${offered?.join(', ') || 'nothing'} of role, wanted is ${accepted?.join(' or ') || 'another'}`;
  if (region !== undefined) return `it is in region ${region}`;
  return reasonText(reason);
}

function constraintText(constraint: unknown): string {
  if (typeof constraint !== 'object' || constraint === null) return String(constraint);
  const parts = ['field', 'operator', 'value'].map((member): unknown => Reflect.get(constraint, member));
  return parts.filter((part) => part !== undefined).join(' ');
}

/** `cpus 2 → 0.5`. */
export function changeText({ kind, resource, name, ports, from, to }: SuggestedChange): string {
  switch (kind) {
    case 'resource':
      return `${resource ?? 'resource'} ${String(from)} → ${String(to)}`;
    case 'constraint':
      if (to === undefined) return `without the constraint ${constraintText(from)}`;
      return from === undefined
        ? `with the constraint ${constraintText(to)}`
        : `constraint ${constraintText(from)} → ${constraintText(to)}`;
    case 'ports':
      return `${String(to)} ports instead of ${String(from)}`;
    case 'any-ports':
      return `any port instead of ${ports?.join(', ') ?? 'those asked for'}`;
    case 'accepted-resource-roles':
      return `acceptedResourceRoles ${JSON.stringify(to)}`;
    case 'role':
      return `role ${String(from)} → ${String(to)}`;
    case 'label':
      return `label ${name ?? ''}=${String(to)}`;
    default:
      return `${kind} ${JSON.stringify(from)} → ${JSON.stringify(to)}`;
  }
}

/** A command that makes the changes, where one line can say them. */
export function changeCommand(appId: string, changes: readonly SuggestedChange[]): string | undefined {
  const words = changes.map(({ kind, resource, name, to }) => {
    if (kind === 'resource' && resource !== undefined) return `${resource}=${String(to)}`;
    if (kind === 'role') return `role=${String(to)}`;
    if (kind === 'label' && name !== undefined) return `labels.${name}=${String(to)}`;
    if (kind === 'any-ports') return 'requirePorts=false';
    if (kind === 'accepted-resource-roles') return `'acceptedResourceRoles=${JSON.stringify(to)}'`;
    return undefined;
  });
  return words.every((word) => word !== undefined) ? `mctl app update ${appId} ${words.join(' ')}` : undefined;
}

/** One sentence without a full stop; undefined when nothing is in the way. */
export function shortWhy({
  state,
  funnel,
  places,
  missing,
  agents,
  agentCount,
}: PlacementExplanation): string | undefined {
  if (state === 'complete' || state === 'fits' || state === 'delayed') return undefined;
  if (state === 'no-agents') return 'there are no agents';
  const reasons = funnel
    .filter(({ declined }) => declined > 0)
    .sort((a, b) => b.declined - a.declined)
    .map(({ reason, declined }) => `${declined} ${reasonText(reason)}`);
  const nearest = agents.find(({ shortfalls }) => shortfalls.length > 0);
  const [first] = nearest?.shortfalls ?? [];
  const detail = first === undefined || nearest === undefined ? '' : ` (${nearest.hostname}: ${shortfallText(first)})`;
  const what = places === 0 ? 'no agent fits' : `only ${places} of ${missing} instances fit`;
  return `${what}: of ${agentCount} agents ${reasons.join(', ')}${detail}`;
}

/** As `shortWhy`, of tasks that end too soon as well. */
export function waitingWhy({ app, delayedUntil, explanation }: Answer, nowMs: number): string | undefined {
  if (delayedUntil === undefined) return shortWhy(explanation);
  const failure = app.lastTaskFailure ?? undefined;
  const last =
    failure === undefined ? '' : `; the last one: ${failure.state}, ${failure.message || 'without a message'}`;
  return `its tasks end too soon, launched again in ${formatAge(Date.parse(delayedUntil) - nowMs)}${last}`;
}
