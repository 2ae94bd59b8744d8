// Everything the master shows of itself and lets operators do over HTTP. The master's wiring makes the views once and adds
// their routes to its router:
//
//   const views = createViews({ world, state, events, control, metrics, files, logging, leader, isLeading, mayAct });
//   router.add(...views.routes);
import { fileRoutes } from '../../serving/files/routes.ts';
import type { Route } from '../../serving/http/router.ts';
import { hostMetrics } from '../../serving/metrics/host-metrics.ts';
import { metricRoutes } from '../../serving/metrics/routes.ts';
import { processRoutes } from '../../serving/process/routes.ts';
import { Slices } from '../../serving/slices/slices.ts';
import type { ViewContext } from './control.ts';
import { legacyRoutes } from './legacy/routes.ts';
import { type AllocatorView, allocatorCounters, allocatorGauges } from './metrics/allocator-metrics.ts';
import { frameworkCounters, frameworkGauges } from './metrics/framework-metrics.ts';
import { masterGauges } from './metrics/master-metrics.ts';
import { operationCounters, operationGauges } from './metrics/operation-metrics.ts';
import { quotaGauges } from './metrics/quota-metrics.ts';
import { operatorRoute } from './operator/calls.ts';
import { OperatorSubscribers } from './operator/subscribers.ts';
import { SharedReads } from './shared-reads.ts';

export type { MasterControl, ViewContext } from './control.ts';

/** What the master shows over HTTP beside the scheduler and agent endpoints. */
export interface Views {
  readonly routes: readonly Route[];
  /** For whatever else is large: together they have one slice a turn. */
  readonly slices: Slices;
  /** Ends every operator event stream and stops listening to the master. */
  close(): void;
}

/** Routes of all read endpoints and the operator API; adds the master's metrics to `context.metrics`. */
export function createViews(context: ViewContext & { readonly allocator?: AllocatorView }): Views {
  const { world, state } = context;
  const slices = new Slices(world.clock);
  const subscribers = new OperatorSubscribers(world, state, context.events, slices);
  const reads = new SharedReads(slices);
  addMetrics(context, subscribers, reads);
  const calls = { ...context, reads, slices, subscribers };
  return {
    routes: [
      ...legacyRoutes(calls),
      operatorRoute(calls),
      ...processRoutes({ host: world.host, flagTexts: state.options.flagTexts, logging: context.logging }),
      ...fileRoutes(world, context.files),
      ...metricRoutes(context.metrics),
    ],
    slices,
    close: () => subscribers.close(),
  };
}

function addMetrics(
  context: ViewContext & { readonly allocator?: AllocatorView },
  subscribers: OperatorSubscribers,
  reads: SharedReads,
): void {
  const { world, state, metrics, allocator } = context;
  metrics
    .addGauges(hostMetrics(world.host))
    .addGauges(
      masterGauges({
        state,
        clock: world.clock,
        isLeading: context.isLeading,
        subscribers: () => subscribers.count,
        cacheHits: () => reads.hits,
      }),
    )
    .addGauges(operationGauges(state.operations.counts))
    .addCounters(operationCounters(state.operations.counts))
    .addGauges(frameworkGauges(state))
    .addCounters(frameworkCounters(state))
    .addCounters((add) => {
      for (const [name, value] of state.counters.entries()) add(name, value);
    });
  if (allocator !== undefined) {
    metrics
      .addGauges(allocatorGauges(allocator))
      .addGauges(quotaGauges(state, allocator))
      .addCounters(allocatorCounters(allocator));
  }
}
