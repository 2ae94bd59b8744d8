// Where no single change helps: all that is in the way on one agent, mended together.
import { matchOffer } from '../match-offer.ts';
import type { Shortfall } from '../shortfall.ts';
import { reduced, unitsIn } from './candidates.ts';
import { changedApp, sizeOf } from './changed-app.ts';
import { viewAgents } from './cluster-picture.ts';
import type { AgentVerdict, Change } from './explanation.ts';
import type { SearchInput } from './suggestions.ts';

/** Each would place one more on some agent; one entry a set of things to change, the smallest first, at most `limit`. */
export function nearestChanges(input: SearchInput, limit: number): (readonly Change[])[] {
  const found: { readonly verdict: AgentVerdict; readonly changes: readonly Change[] }[] = [];
  for (const verdict of input.verdicts) {
    const changes = allOf(verdict.shortfalls, input);
    if (changes !== undefined && changes.length > 0) found.push({ verdict, changes });
  }
  // Of those that change the same things one is enough.
  const byWhat = new Map<string, (typeof found)[number]>();
  for (const each of found.sort((a, b) => sizeOf(a.changes) - sizeOf(b.changes))) {
    const what = JSON.stringify(each.changes.map((change) => ({ ...change, to: undefined })));
    if (!byWhat.has(what)) byWhat.set(what, each);
  }
  return [...byWhat.values()]
    .slice(0, limit)
    .map(({ verdict, changes }) => [...changes, ...portsToo(input, verdict, changes)]);
}

function allOf(shortfalls: readonly Shortfall[], input: SearchInput): Change[] | undefined {
  const changes: Change[] = [];
  for (const shortfall of shortfalls) {
    const change = mending(shortfall, input);
    if (change === undefined) return undefined;
    changes.push(change);
  }
  return changes;
}

/** Undefined when no change of the app helps, or one that is tried by itself. */
function mending(shortfall: Shortfall, { app }: SearchInput): Change | undefined {
  switch (shortfall.reason) {
    case 'UnfulfilledRole':
    case 'AgentMaintenance':
      return undefined;
    case 'UnfulfilledConstraint':
      if (shortfall.kind === 'constraint') return { kind: 'constraint', from: shortfall.constraint };
      if (shortfall.kind === 'maintenance') return undefined;
      return { kind: 'constraint', to: { field: '@region', operator: 'IS', value: shortfall.region } };
    case 'InsufficientPorts':
      return mendingPorts(shortfall);
    case 'DeclinedScarceResources':
      return { kind: 'label', name: 'GPU_SCHEDULING_BEHAVIOR', to: 'unrestricted' };
    default: {
      const { resource, needed, available } = shortfall;
      const from = app[resource];
      // What the executor of the app needs is not the task's.
      const units = unitsIn(resource, from, available - (needed - from));
      return units > 0 || (units === 0 && resource === 'gpus') ? reduced(resource, from, units) : undefined;
    }
  }
}

function mendingPorts({ missing, needed, available }: Extract<Shortfall, { reason: 'InsufficientPorts' }>): Change {
  if (missing.length > 0) return { kind: 'any-ports', ports: missing };
  return { kind: 'ports', from: needed, to: Math.min(available, needed - 1) };
}

/** Ports are looked at only when nothing else is in the way any more. */
function portsToo(
  { app, agents, placed, context }: SearchInput,
  { agentId }: AgentVerdict,
  changes: readonly Change[],
): Change[] {
  const [view] = viewAgents(
    agents.filter((agent) => agent.agentId === agentId),
    app.role,
  );
  const answer = view && matchOffer(view, changedApp(app, changes), placed, context);
  if (answer?.kind !== 'none') return [];
  return answer.shortfalls.flatMap((each) => (each.reason === 'InsufficientPorts' ? [mendingPorts(each)] : []));
}
