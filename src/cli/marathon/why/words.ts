// Why an offer does not fit, in words (marathon.md 7.3).
import type { PlacementExplanation, Shortfall, SuggestedChange } from '../../../client/marathon.ts';
import { formatAge, formatAmount, formatMegabytes } from '../../output/units.ts';
import { isObject } from '../input/apps.ts';
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

/** With the numbers: `2 cpus wanted, 0.5 free`. */
export function shortfallText(shortfall: Shortfall): string {
  const { reason, resource, needed, available, missing, constraint, value, placed, region, offered, accepted } =
    shortfall;
  if (resource !== undefined && needed !== undefined && available !== undefined) {
    const amount = resource === 'mem' || resource === 'disk' ? formatMegabytes : formatAmount;
    return `${amount(needed)} ${resource} wanted, ${amount(available)} free`;
  }
  if (reason === 'InsufficientPorts') {
    if (missing !== undefined && missing.length > 0) return `port ${missing.join(', ')} is not among its free ports`;
    return `${needed ?? '?'} ports wanted, ${available ?? '?'} free`;
  }
  if (constraint !== undefined) {
    const there = value === undefined ? `it has no ${constraint.field}` : `${constraint.field} is ${value}`;
    const taken =
      placed !== undefined && placed > 0 ? `, where ${placed} ${placed === 1 ? 'runs' : 'run'} already` : '';
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
export function changeCommand(app: { readonly id: string }, changes: readonly SuggestedChange[]): string | undefined {
  const words = changes.map(({ kind, resource, name, to }) => {
    if (kind === 'resource' && resource !== undefined) return `${resource}=${String(to)}`;
    if (kind === 'role') return `role=${String(to)}`;
    if (kind === 'label' && name !== undefined) return `labels.${name}=${String(to)}`;
    if (kind === 'any-ports') return anyPorts(app);
    if (kind === 'accepted-resource-roles') return `'acceptedResourceRoles=${JSON.stringify(to)}'`;
    return undefined;
  });
  return words.every((word) => word !== undefined) ? `mctl app update ${app.id} ${words.join(' ')}` : undefined;
}

/** Host ports of mappings are fixed whatever requirePorts says. */
function anyPorts(app: object): string {
  const container: unknown = Reflect.get(app, 'container');
  const mappings: unknown = isObject(container) ? container.portMappings : undefined;
  if (!Array.isArray(mappings)) return 'requirePorts=false';
  return mappings
    .flatMap((mapping: unknown, index) =>
      isObject(mapping) && Number(mapping.hostPort ?? 0) > 0 ? [`container.portMappings.${index}.hostPort=0`] : [],
    )
    .join(' ');
}

/** One sentence without a full stop; undefined when nothing is in the way. */
export function shortWhy(explanation: PlacementExplanation): string | undefined {
  const { state, places, missing } = explanation;
  const reasons = obstacles(explanation);
  if (reasons === undefined || state === 'no-agents') return reasons;
  return `${places === 0 ? 'no agent fits' : `only ${places} of ${missing} instances fit`}: ${reasons}`;
}

/** What is in the way, the most frequent first: `not enough cpus on 2 of 2 agents (h1: 2 cpus wanted, 0.5 free)`. */
export function obstacles({ state, funnel, agents, agentCount }: PlacementExplanation): string | undefined {
  if (state === 'complete' || state === 'fits' || state === 'delayed') return undefined;
  if (state === 'no-agents') return 'there are no agents';
  const reasons = funnel
    .filter(({ declined }) => declined > 0)
    .sort((a, b) => b.declined - a.declined)
    .map(
      ({ reason, declined }, index) =>
        `${reasonText(reason)} on ${declined}${index === 0 ? ` of ${agentCount} agent${agentCount === 1 ? '' : 's'}` : ''}`,
    );
  const nearest = agents.find(({ shortfalls }) => shortfalls.length > 0);
  const [first] = nearest?.shortfalls ?? [];
  const detail = first === undefined || nearest === undefined ? '' : ` (${nearest.hostname}: ${shortfallText(first)})`;
  return `${reasons.join(', ')}${detail}`;
}

/** `in 5s`, `now`. */
export function whenText(ms: number): string {
  return ms < 1000 ? 'now' : `in ${formatAge(ms)}`;
}

const FAILURE_CHARACTERS = 200;

/** What shells mean by their exit codes. */
const SHELL_CODES: Readonly<Record<string, string>> = {
  '126': 'the command cannot be executed',
  '127': 'the command was not found',
};

/** The first line of what is told of a task's end: agents may add pages of statistics. */
export function failureMessage({ message }: { readonly message: string }): string {
  const [first = ''] = message.trim().split('\n', 1);
  const text = first.length <= FAILURE_CHARACTERS ? first : `${first.slice(0, FAILURE_CHARACTERS)}…`;
  const words = SHELL_CODES[/exited with status (\d+)$/.exec(text)?.[1] ?? ''];
  return words === undefined ? text || 'without a message' : `${text} (${words})`;
}

/** Then it wrote nothing. */
export function wasNeverLaunched(message: string): boolean {
  return message.startsWith('Failed to launch container');
}

/** As `shortWhy`, of tasks that end too soon as well. */
export function waitingWhy({ app, delayedUntil, explanation }: Answer, nowMs: number): string | undefined {
  if (delayedUntil === undefined) return shortWhy(explanation);
  const failure = app.lastTaskFailure ?? undefined;
  const last = failure === undefined ? '' : `; the last one: ${failure.state}, ${failureMessage(failure)}`;
  return `its tasks end too soon, launched again ${whenText(Date.parse(delayedUntil) - nowMs)}${last}`;
}
