// What a deployment would do if every balancer followed at once and every connection ended: for --dry-run.

import type { BalancerView, TaskState } from '../balancers/view.ts';
import type { Colour } from '../colours/colours.ts';
import { surplusOf } from './amounts.ts';
import { nextStep } from './next-step.ts';
import { isGivenBackTo } from './roles.ts';
import type { Situation, Step } from './step.ts';

/** More steps are not told. */
const MOST_STEPS = 1000;
/** Later than anything that was scaled before. */
const REHEARSED_AT_MS = Date.UTC(9000, 0);

/** The steps in order. The last colour is as it would be created. */
export function rehearse(given: Pick<Situation, 'goal' | 'first' | 'last' | 'pace'>): readonly Step[] {
  const steps: Step[] = [];
  let { first, last } = { first: given.first && ideal(given.first), last: given.last && ideal(given.last) };
  while (steps.length < MOST_STEPS) {
    const situation = { ...given, first, last, views: [viewOfBoth(given.goal.target, first, last)] };
    const step = nextStep({ ...situation, unreachable: [], waitedMs: 0 });
    if (step.kind === 'done' || step.kind === 'stuck' || step.kind === 'wait') return steps;
    steps.push(step);
    first = first && after(step, first, steps.length);
    last = last && after(step, last, steps.length);
  }
  return steps;
}

function after(step: Step, colour: Colour, round: number): Colour | undefined {
  if (step.kind === 'scale' && step.appId === colour.id) return sized(colour, step.to, round);
  if (step.kind === 'remove' && step.victims.id === colour.id) return undefined;
  if (step.kind !== 'kill') return colour;
  if (step.victims.id === colour.id) return sized(colour, colour.instances - step.taskIds.length, round);
  return step.growth?.appId === colour.id ? sized(colour, step.growth.to, round + 0.5) : colour;
}

function ideal(colour: Colour): Colour {
  return { ...withTasks(colour, colour.instances), deployments: [] };
}

function sized(colour: Colour, instances: number, round: number): Colour {
  const changed = withTasks(colour, instances);
  const lastScalingAt = new Date(REHEARSED_AT_MS + 1000 * round).toISOString();
  return { ...changed, app: { ...changed.app, lastScalingAt } };
}

function withTasks(colour: Colour, instances: number): Colour {
  const tasks = Array.from({ length: instances }, (_, index) => ({
    id: `${colour.id} ${index}`,
    host: '127.0.0.1',
    ports: [],
    ipAddresses: [],
    healthResults: [],
  }));
  return { ...colour, instances, app: { ...colour.app, instances, tasks } };
}

/** As many of the colour that was there first drain as can be spared; of the other where it is the one that shrinks. */
function viewOfBoth(target: number, first: Colour | undefined, last: Colour | undefined): BalancerView {
  const surplus = surplusOf(last?.instances ?? 0, first?.instances ?? 0, target);
  const shrinking = first !== undefined && last !== undefined && isGivenBackTo(first, last) ? last : first;
  const tasks = new Map<string, TaskState>();
  for (const colour of [first, last]) {
    for (const [index, { id }] of (colour?.app.tasks ?? []).entries()) {
      tasks.set(id, colour === shrinking && index < surplus ? 'drained' : 'up');
    }
  }
  const up = [...tasks.values()].filter((state) => state === 'up').length;
  return { balancer: 'rehearsal', pids: undefined, servers: tasks.size, up, tasks, open: new Map() };
}
