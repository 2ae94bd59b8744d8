// The way back: the colour that was there first, as it was (haproxy.md 16.11).
import type { Colour } from '../colours/colours.ts';
import { countOf } from './readiness.ts';
import { grow, type Situation, type Step, waitForMarathon, withdraw } from './step.ts';

/**
 * The first colour grows back, the last one goes to 0 in one step (which ends the draining of the first), then its app goes
 * (haproxy.md 16.11). Whatever the balancers do not show in time is passed over: worse than half a deployment is one that
 * cannot be ended.
 */
export function nextOfAbort(situation: Situation): Step {
  const { goal, first, last, views, waitedMs, pace } = situation;
  if (last === undefined || first === undefined) return { kind: 'done' };
  const isOver = waitedMs >= pace.maxWaitMs;
  if (first.deployments.length > 0) return waitForMarathon(first);
  if (first.instances < goal.target) return grow(first, goal.target);
  const [away] = situation.unreachable;
  const unseen = away === undefined ? undefined : `${away.balancer} does not answer: ${away.why}`;
  if (last.instances > 0) {
    // Those that drain for the new colour come back as soon as it is gone.
    const why = unseen ?? missing(situation, first, ['up', 'draining', 'drained'], 'are up or drain');
    return why === undefined || isOver ? withdraw(last) : { kind: 'wait', waitsFor: 'balancers', why };
  }
  if (last.deployments.length > 0 && !isOver) {
    return { kind: 'wait', waitsFor: 'balancers', why: `Marathon ends the instances of ${last.id}` };
  }
  const listed = views.find((view) => countOf(view, last, ['up', 'down', 'draining', 'drained']) > 0);
  const why =
    unseen ??
    missing(situation, first, ['up'], 'are up') ??
    (listed && `${listed.balancer}: ${last.id} is still listed`);
  if (why !== undefined && !isOver) return { kind: 'wait', waitsFor: 'balancers', why };
  return { kind: 'remove', victims: last, taskIds: [], isForced: false, force: true };
}

function missing(
  { views }: Situation,
  colour: Colour,
  states: Parameters<typeof countOf>[2],
  words: string,
): string | undefined {
  for (const view of views) {
    const count = countOf(view, colour, states);
    if (count < colour.instances)
      return `${view.balancer}: ${count} of ${colour.instances} instances of ${colour.id} ${words}`;
  }
  return undefined;
}
