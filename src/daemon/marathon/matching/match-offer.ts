// Whether an offer fits one instance of an app, and what the instance takes of it (marathon.md 13.4). A pure function: the
// same offer, app, placed instances and random numbers give the same answer.
import type { Item } from '../../../mesos/resources/item.ts';
import { fromMillis, toMillis } from '../../../mesos/resources/scalar.ts';
import { Resources } from '../../../mesos/resources.ts';
import type { App } from '../model/app.ts';
import { checkConstraints } from './constraints.ts';
import { containerPorts } from './container-ports.ts';
import { executorPath } from './executor-path.ts';
import type { Match, MatchContext, NoMatch } from './match.ts';
import type { OfferView } from './offer-view.ts';
import type { PlacedInstances } from './placed-instances.ts';
import { takePorts, wantedPorts } from './ports.ts';
import { reasonsOf, type ScalarName, type Shortfall } from './shortfall.ts';
import { acceptedRoles, ScalarPool, usableItems } from './usable.ts';

/** In the order of the funnel. */
const SCALARS = [
  ['cpus', 'InsufficientCpus'],
  ['mem', 'InsufficientMemory'],
  ['disk', 'InsufficientDisk'],
  ['gpus', 'InsufficientGpus'],
] as const;

/**
 * `placed`: where the app's instances are, those matched a moment ago included. Costs the same whatever their number. The
 * caller looks at back-off; an offer to another role than the app's never fits.
 */
export function matchOffer(view: OfferView, app: App, placed: PlacedInstances, context: MatchContext): Match | NoMatch {
  const accepted = acceptedRoles(app, context);
  const usable = view.role === app.role ? usableItems(view.resources, accepted) : [];
  const shortfalls: Shortfall[] = [];
  if (usable.length === 0) {
    const offered = [...new Set(view.resources.items.map(({ identity }) => identity.role ?? '*'))];
    shortfalls.push({ reason: 'UnfulfilledRole', offered, accepted });
  }
  const pool = new ScalarPool(usable);
  const executor = executorNeeds(app, context.executor);
  for (const [name, reason] of SCALARS) {
    const needed = toMillis(app[name]) + executor[name];
    const available = pool.available(name);
    if (needed > available)
      shortfalls.push({ reason, resource: name, needed: fromMillis(needed), available: fromMillis(available) });
  }
  checkRegion(view, app, context, shortfalls);
  checkConstraints(view, app, placed, shortfalls);
  checkMaintenance(view, context, shortfalls);
  checkGpus(view, app, context, shortfalls);
  if (shortfalls.length > 0) return { kind: 'none', reasons: reasonsOf(shortfalls), shortfalls };

  const taken = takePorts(wantedPorts(app), usable, context.random);
  if ('reason' in taken) return { kind: 'none', reasons: [taken.reason], shortfalls: [taken] };
  const forExecutor: Item[] = [];
  const forTask: Item[] = [];
  for (const [name] of SCALARS) {
    pool.take(name, executor[name], forExecutor);
    pool.take(name, toMillis(app[name]), forTask);
  }
  forTask.push(...taken.items);
  const task = Resources.ofItems(forTask);
  const ofExecutor = Resources.ofItems(forExecutor);
  return {
    kind: 'match',
    resources: view.messages(task),
    executorResources: view.messages(ofExecutor),
    ports: taken.ports,
    hostPorts: taken.ports.filter((port) => port !== undefined),
    containerPorts: containerPorts(app, taken.ports, context.random),
    place: view.place,
    rest: { ...view, resources: view.resources.minus(task).minus(ofExecutor) },
  };
}

const NO_NEEDS: Readonly<Record<ScalarName, number>> = { cpus: 0, mem: 0, disk: 0, gpus: 0 };

/** Thousandths. */
function executorNeeds(app: App, otherwise: string): Readonly<Record<ScalarName, number>> {
  const given = app.executorResources;
  if (given === undefined || executorPath(app, otherwise) === undefined) return NO_NEEDS;
  return { cpus: toMillis(given.cpus), mem: toMillis(given.mem), disk: toMillis(given.disk), gpus: 0 };
}

/** Who names no region or zone stays at home. */
function checkRegion(view: OfferView, app: App, { masterRegion }: MatchContext, shortfalls: Shortfall[]): void {
  const { region } = view.place;
  if (region === undefined || masterRegion === undefined || region === masterRegion) return;
  if (app.constraints.some(({ field }) => field === '@region' || field === '@zone')) return;
  shortfalls.push({ reason: 'UnfulfilledConstraint', kind: 'region', region, homeRegion: masterRegion });
}

function checkMaintenance({ maintenance }: OfferView, context: MatchContext, shortfalls: Shortfall[]): void {
  if (maintenance === undefined || !context.maintenanceMode) return;
  const { startMs, endMs } = maintenance;
  if (context.nowMs < startMs - context.drainingSeconds * 1000) return;
  if (endMs !== undefined && context.nowMs > endMs) return;
  shortfalls.push(
    { reason: 'UnfulfilledConstraint', kind: 'maintenance', ...maintenance },
    { reason: 'AgentMaintenance', kind: 'maintenance', ...maintenance },
  );
}

/** An app's own label wins over the flag. */
function checkGpus(view: OfferView, app: App, context: MatchContext, shortfalls: Shortfall[]): void {
  const gpus = view.resources.scalar('gpus') ?? 0;
  if (gpus === 0 || app.gpus > 0) return;
  const label = app.labels.GPU_SCHEDULING_BEHAVIOR;
  const behavior = label === 'restricted' || label === 'unrestricted' ? label : context.gpuSchedulingBehavior;
  if (behavior === 'restricted') shortfalls.push({ reason: 'DeclinedScarceResources', gpus });
}
