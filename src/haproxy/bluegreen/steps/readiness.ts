// What has to be so before anything is taken away: every balancer answers, has no old process left, lists every task, and
// has enough of them up (haproxy.md 16.7, 16.10).

import type { BalancerView, TaskState } from '../balancers/view.ts';
import type { Colour } from '../colours/colours.ts';
import { surplusOf } from './amounts.ts';
import type { Situation } from './step.ts';

/** One that is there, and one that a reload has begun to replace; a third holds connections of a config before that. */
export const MOST_PIDS = 2;

/**
 * `isSafe`: the growing colour serves everywhere, so that what drains may go though something else is still waited for.
 */
export interface Obstacle {
  readonly code: 'unreachable' | 'not-ready';
  readonly isSafe: boolean;
  readonly why: string;
}

/** The first reason, if any, not to take from `shrinking` now. */
export function obstacleTo(situation: Situation, growing: Colour, shrinking: Colour | undefined): Obstacle | undefined {
  const { views, unreachable, goal } = situation;
  const [away] = unreachable;
  if (away !== undefined) {
    return { code: 'unreachable', isSafe: false, why: `${away.balancer} does not answer: ${away.why}` };
  }
  const o = shrinking?.instances ?? 0;
  const needed = Math.min(goal.target, growing.instances + o - surplusOf(growing.instances, o, goal.target));
  // A colour that is given back to may itself be draining until it has been scaled.
  const fit: readonly TaskState[] = goal.kind === 'give-back' && o > 0 ? ['up', 'draining', 'drained'] : ['up'];
  for (const view of views) {
    const serving = countOf(view, growing, fit);
    if (serving < growing.instances) {
      return notReady(view, `${serving} of ${growing.instances} instances of ${growing.id} are up`);
    }
  }
  for (const view of views) {
    // It may be the old release that is broken, and this deployment what mends it.
    if (view.up < needed) return safe(view, `${view.up} of ${needed} servers that are needed are up`);
    if (view.pids !== undefined && view.pids > MOST_PIDS) {
      return safe(view, `${view.pids} processes of HAProxy; old ones still finish their connections`);
    }
    if (view.servers !== growing.instances + o) {
      return safe(view, `${view.servers} servers are listed, ${growing.instances + o} are expected`);
    }
  }
  return undefined;
}

/** How many tasks of the colour this balancer finds in one of these states. */
export function countOf(view: BalancerView, colour: Colour, states: readonly TaskState[]): number {
  let count = 0;
  for (const { id } of colour.app.tasks) {
    const state = view.tasks.get(id);
    if (state !== undefined && states.includes(state)) count += 1;
  }
  return count;
}

/** Ids of the colour's tasks that are in one of these states on every balancer, sorted; none where nobody was asked. */
export function tasksEverywhere(
  views: readonly BalancerView[],
  colour: Colour,
  states: readonly TaskState[],
): readonly string[] {
  if (views.length === 0) return [];
  const ids = colour.app.tasks.filter(({ state }) => state !== 'TASK_KILLING').map(({ id }) => id);
  return ids
    .filter((id) =>
      views.every((view) => {
        const state = view.tasks.get(id);
        return state !== undefined && states.includes(state);
      }),
    )
    .sort();
}

/** What is still open at tasks that get nothing new, in words. */
export function whyNotDrained(views: readonly BalancerView[], colour: Colour): string {
  for (const view of views) {
    const draining = colour.app.tasks.filter(({ id }) => view.tasks.get(id) === 'draining');
    const [first] = draining;
    if (first === undefined) continue;
    const open = draining.reduce((sum, { id }) => sum + (view.open.get(id) ?? 0), 0);
    const which = draining.length === 1 ? first.id : `${draining.length} instances of ${colour.id}`;
    return `${view.balancer}: ${which} ${draining.length === 1 ? 'has' : 'have'} ${open} open connections`;
  }
  const silent = views.find((view) => countOf(view, colour, ['draining', 'drained']) === 0);
  return `${silent?.balancer ?? 'a balancer'}: no instance of ${colour.id} drains yet`;
}

function notReady({ balancer }: BalancerView, why: string): Obstacle {
  return { code: 'not-ready', isSafe: false, why: `${balancer}: ${why}` };
}

function safe({ balancer }: BalancerView, why: string): Obstacle {
  return { code: 'not-ready', isSafe: true, why: `${balancer}: ${why}` };
}
