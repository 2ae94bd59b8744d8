// Colours and situations for the tests of single decisions: two apps as Marathon tells them, and what balancers show.
import type { BalancerView, TaskState } from '../../../src/haproxy/bluegreen/balancers/view.ts';
import { type Colour, colourOf } from '../../../src/haproxy/bluegreen/colours/colours.ts';
import type { Pace } from '../../../src/haproxy/bluegreen/steps/amounts.ts';
import type { Goal, Situation } from '../../../src/haproxy/bluegreen/steps/step.ts';

export const PACE: Pace = { initialInstances: 1, maxWaitMs: 300_000 };

/** `b1`, `b2`, … of blue, `g1`, … of green. */
export function made(
  colour: 'blue' | 'green',
  instances: number,
  more: { labels?: Record<string, string>; deployments?: string[]; lastScalingAt?: string; tasks?: number } = {},
): Colour {
  const base = colour === 'blue' ? 31_100 : 31_200;
  const tasks = Array.from({ length: more.tasks ?? instances }, (_, index) => ({
    id: `${colour[0]}${index + 1}`,
    host: `10.0.0.${11 + index}`,
    ports: [base + index],
    state: 'TASK_RUNNING',
  }));
  return colourOf({
    id: `/cart-${colour}`,
    labels: {
      HAPROXY_GROUP: 'external',
      HAPROXY_APP_ID: 'cart',
      HAPROXY_0_PORT: '10050',
      HAPROXY_DEPLOYMENT_GROUP: 'cart',
      HAPROXY_DEPLOYMENT_ALT_PORT: '10051',
      HAPROXY_DEPLOYMENT_COLOUR: colour,
      HAPROXY_DEPLOYMENT_STARTED_AT: colour === 'blue' ? '2026-01-10T10:00:00' : '2026-02-01T09:00:00',
      HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '3',
      HAPROXY_DEPLOYMENT_NEW_INSTANCES: '0',
      ...more.labels,
    },
    deployments: (more.deployments ?? []).map((id) => ({ id })),
    ...{
      instances,
      tasks,
      portDefinitions: [{ port: colour === 'blue' ? 10_050 : 10_051 }],
      versionInfo: { lastScalingAt: more.lastScalingAt ?? '2026-01-10T10:00:00.000Z' },
    },
  });
}

/** A balancer that shows these tasks; `up` and `servers` follow from them. */
export function seen(tasks: Record<string, TaskState>, more: Partial<BalancerView> = {}): BalancerView {
  const states = Object.values(tasks);
  return {
    balancer: 'lb1',
    pids: 1,
    servers: states.length,
    up: states.filter((state) => state === 'up').length,
    tasks: new Map(Object.entries(tasks)),
    open: new Map(Object.entries(tasks).map(([id, state]) => [id, state === 'draining' ? 2 : 0])),
    ...more,
  };
}

export function situation(
  first: Colour | undefined,
  last: Colour | undefined,
  views: readonly BalancerView[],
  more: Partial<Situation> = {},
): Situation {
  const goal: Goal = { kind: 'replace', target: 3 };
  return { goal, first, last, views, unreachable: [], waitedMs: 0, pace: PACE, ...more };
}
