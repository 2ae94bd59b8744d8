// Changes of one thing that may help, read off what the agents lack.
import type { App, Constraint, ConstraintOperator } from '../../model/app.ts';
import { fieldText } from '../place.ts';
import type { ScalarName, Shortfall } from '../shortfall.ts';
import { acceptedRoles } from '../usable.ts';
import type { AgentVerdict, Change } from './explanation.ts';
import type { SearchInput } from './suggestions.ts';

/** One kind of change, from the smallest (step 1) to the largest. */
export interface Candidates {
  readonly steps: number;
  readonly change: (step: number) => Change;
  /** Step that seems to place one more; a smaller one may do too. */
  readonly firstGuess?: number;
  /** Agents that the change may make fit; absent: any. Others are left out of the search for the right step. */
  readonly concerns?: (verdict: AgentVerdict) => boolean;
}

/** Of each kind of shortfall the changes that could mend it. */
export function singleChanges(input: SearchInput): Candidates[] {
  const { app, verdicts, missing } = input;
  const lacking = new Set(verdicts.flatMap(({ shortfalls }) => shortfalls.map(({ reason }) => reason)));
  const found: Candidates[] = [];
  for (const resource of ['cpus', 'mem', 'disk', 'gpus'] as const) {
    const candidates = lessOf(input, resource);
    if (candidates !== undefined) found.push(candidates);
  }
  for (const constraint of app.constraints.filter((each) => isInTheWay(input, each)))
    found.push(...looser(input, constraint));
  for (const region of awayRegions(input))
    found.push(once({ kind: 'constraint', to: { field: '@region', operator: 'IS', value: region } }));
  if (lacking.has('InsufficientPorts')) found.push(...fewerPorts(input));
  found.push(...otherRoles(input));
  if (lacking.has('DeclinedScarceResources'))
    found.push(once({ kind: 'label', name: 'GPU_SCHEDULING_BEHAVIOR', to: 'unrestricted' }));
  return missing > 0 ? found : [];
}

function once(change: Change): Candidates {
  return { steps: 1, change: () => change };
}

/** What amounts are rounded to, so that they read well. */
function unitOf(resource: ScalarName, needed: number): number {
  if (resource !== 'cpus') return 1;
  return needed >= 1 ? 0.1 : 0.01;
}

/** `amount` in whole units, rounded down; thousandths are exact. */
export function unitsIn(resource: ScalarName, needed: number, amount: number): number {
  return Math.floor(Math.round(amount * 1000) / Math.round(unitOf(resource, needed) * 1000));
}

/** Less of a resource, by a number of units. */
export function reduced(resource: ScalarName, from: number, units: number): Change {
  const to = Math.round(units * unitOf(resource, from) * 1000) / 1000;
  return { kind: 'resource', resource, from, to };
}

function lessOf({ app, verdicts }: SearchInput, resource: ScalarName): Candidates | undefined {
  const from = app[resource];
  let best: number | undefined;
  let isLacking = false;
  for (const { shortfalls } of verdicts) {
    const own = shortfalls.find((each) => 'resource' in each && each.resource === resource);
    if (own === undefined || !('available' in own)) continue;
    isLacking = true;
    if (shortfalls.length === 1) best = Math.max(best ?? 0, own.available - (own.needed - from));
  }
  if (!isLacking) return undefined;
  const all = Math.ceil(Math.round(from * 1000) / Math.round(unitOf(resource, from) * 1000));
  // An app may do without GPUs, not without all memory.
  const steps = resource === 'gpus' ? all : all - 1;
  const guess = best === undefined ? undefined : all - unitsIn(resource, from, best);
  return {
    steps,
    change: (step) => reduced(resource, from, all - step),
    concerns: ({ shortfalls }) =>
      shortfalls.every((each) => 'constraint' in each || ('resource' in each && each.resource === resource)),
    ...(guess !== undefined && guess >= 1 && guess <= steps && { firstGuess: guess }),
  };
}

function isInTheWay({ verdicts }: SearchInput, constraint: Constraint): boolean {
  return verdicts.some(({ shortfalls }) =>
    shortfalls.some((each) => 'constraint' in each && each.constraint === constraint),
  );
}

/** Other values tried for a constraint that names one. */
const OTHER_VALUES = 5;

function looser(input: SearchInput, from: Constraint): Candidates[] {
  const { missing } = input;
  const dropped = once({ kind: 'constraint', from });
  const withValue = (operator: ConstraintOperator, value: string): Change => ({
    kind: 'constraint',
    from,
    to: { field: from.field, operator, value },
  });
  switch (from.operator) {
    case 'UNIQUE':
      return [{ steps: missing, change: (step) => withValue('MAX_PER', String(1 + step)) }, dropped];
    case 'MAX_PER':
      return [{ steps: missing, change: (step) => withValue('MAX_PER', String(Number(from.value) + step)) }, dropped];
    case 'GROUP_BY': {
      const evenly = once({ kind: 'constraint', from, to: { field: from.field, operator: 'GROUP_BY' } });
      return from.value === undefined ? [dropped] : [evenly, dropped];
    }
    case 'IS':
    case 'CLUSTER':
      if (from.value === undefined) return [dropped];
      return [...otherValues(input, from).map((value) => once(withValue(from.operator, value))), dropped];
    case 'LIKE':
    case 'UNLIKE':
      return [dropped];
  }
}

/** Values of the field that most agents have. */
function otherValues({ agents }: SearchInput, { field, value: present }: Constraint): string[] {
  const counts = new Map<string, number>();
  for (const agent of agents) {
    const value = fieldText({ ...agent, host: agent.hostname }, field);
    if (value !== undefined && value !== present) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1]);
  return byCount.slice(0, OTHER_VALUES).map(([value]) => value);
}

function awayRegions({ verdicts }: SearchInput): Set<string> {
  const found = new Set<string>();
  for (const { shortfalls } of verdicts)
    for (const each of shortfalls) if ('kind' in each && each.kind === 'region') found.add(each.region);
  return found;
}

function fewerPorts({ verdicts }: SearchInput): Candidates[] {
  const lacking = verdicts.flatMap(({ shortfalls }) => shortfalls.filter(isPorts));
  const from = lacking[0]?.needed ?? 0;
  const fixed = [...new Set(lacking.flatMap(({ missing }) => missing))];
  return [
    ...(fixed.length > 0 ? [once({ kind: 'any-ports', ports: fixed })] : []),
    { steps: from, change: (step) => ({ kind: 'ports', from, to: from - step }) },
  ];
}

function isPorts(shortfall: Shortfall): shortfall is Extract<Shortfall, { reason: 'InsufficientPorts' }> {
  return shortfall.reason === 'InsufficientPorts';
}

/** Other roles tried. */
const OTHER_ROLES = 5;

function otherRoles({ app, agents, context }: SearchInput): Candidates[] {
  const found: Candidates[] = [];
  const accepted = acceptedRoles(app, context);
  const all = app.role === '*' ? ['*'] : [app.role, '*'];
  if (all.some((role) => !accepted.includes(role))) found.push(once(acceptAll(app, all)));
  const reserved = new Set<string>();
  for (const { resources } of agents) {
    for (const { role, reservations } of resources) {
      const owner = reservations?.at(-1)?.role ?? role ?? '*';
      if (owner !== '*' && owner !== app.role) reserved.add(owner);
    }
  }
  for (const to of [...reserved].slice(0, OTHER_ROLES)) found.push(once({ kind: 'role', from: app.role, to }));
  return found;
}

function acceptAll({ acceptedResourceRoles: from }: App, to: readonly string[]): Change {
  return { kind: 'accepted-resource-roles', ...(from !== undefined && { from }), to };
}
