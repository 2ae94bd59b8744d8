// Views over a state, with nothing behind them, and the comparison of what they answer with what was recorded.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { MasterEvents } from '../../../../src/daemon/master/events.ts';
import type { MasterState } from '../../../../src/daemon/master/state/master-state.ts';
import { createViews, type ViewContext } from '../../../../src/daemon/master/views/index.ts';
import { AttachedFiles } from '../../../../src/daemon/serving/files/attached-files.ts';
import { Router } from '../../../../src/daemon/serving/http/router.ts';
import { createService } from '../../../../src/daemon/serving/http/service.ts';
import { MetricRegistry } from '../../../../src/daemon/serving/metrics/metric-registry.ts';
import { LoggingLevel } from '../../../../src/daemon/serving/process/logging-level.ts';
import type { WeightInfo } from '../../../../src/mesos/generated/v1.ts';
import type { HttpHandler } from '../../../../src/world/net.ts';
import { quietWorld } from '../../serving/requests.ts';
import { MASTER_INFO } from './state-fixture.ts';

export interface TestViews {
  readonly handler: HttpHandler;
  readonly events: MasterEvents;
  readonly tornDown: string[];
  readonly weights: WeightInfo[];
  readonly close: () => void;
}

const refused = async () => ({ kind: 'refused' as const, why: 'no quotas here' });

export function viewsOf(state: MasterState, more: Partial<ViewContext> = {}): TestViews {
  const world = quietWorld();
  const events = new MasterEvents();
  const tornDown: string[] = [];
  const weights: WeightInfo[] = [];
  const views = createViews({
    world,
    state,
    events,
    control: {
      teardown: (frameworkId) => state.frameworks.has(frameworkId) && tornDown.push(frameworkId) > 0,
      updateWeights: async (infos) => {
        weights.push(...infos);
        for (const { role, weight } of infos) state.weights.set(role ?? '', weight);
      },
      quota: { update: refused, set: refused, remove: refused },
      markAgentGone: async (agentId) => (state.agents.registered.has(agentId) ? 'gone' : 'unknown'),
      operate: () => ({ kind: 'refused', why: 'No agent found with specified ID' }),
      drainAgent: async () => ({ kind: 'done' }),
      deactivateAgent: async () => ({ kind: 'done' }),
      reactivateAgent: async () => ({ kind: 'done' }),
      maintenance: {
        updateSchedule: async () => undefined,
        start: async () => undefined,
        stop: async () => undefined,
        inverseOfferStatuses: () => [],
      },
    },
    metrics: new MetricRegistry(),
    files: new AttachedFiles(world.disk),
    logging: new LoggingLevel(world.clock, () => undefined),
    leader: () => MASTER_INFO,
    isLeading: () => true,
    mayAct: () => true,
    ...more,
  });
  const handler = createService(world, new Router(['master']).add(...views.routes));
  return { handler, events, tornDown, weights, close: () => views.close() };
}

type Recorded = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Situation → file name of the recording → body. */
export const recorded: Recorded = JSON.parse(
  gunzipSync(readFileSync(new URL('./recorded.json.gz', import.meta.url))).toString(),
);

/** The same value with every list in one order, since the original's lists have none. */
export function unordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(unordered);
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => [key, unordered(item)]),
    );
  }
  return value;
}
