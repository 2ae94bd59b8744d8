// The next step of a deployment, from what is live and what the balancers show, and from nothing else: so it goes on after
// a crash, on another machine, or after somebody helped by hand (haproxy.md 16.7, 16.8, 16.11).

import type { Colour } from '../colours/colours.ts';
import { nextSize, nextSizeTowards, surplusOf } from './amounts.ts';
import { nextOfAbort } from './next-of-abort.ts';
import { type Obstacle, obstacleTo, tasksEverywhere, whyNotDrained } from './readiness.ts';
import { isGivenBackTo } from './roles.ts';
import { grow, remove, type Situation, type Step, waitForMarathon, withdraw } from './step.ts';

/** Throws nothing; an impossible situation is `stuck`. */
export function nextStep(situation: Situation): Step {
  const { goal, first, last } = situation;
  if (goal.kind === 'abort') return nextOfAbort(situation);
  const busy = [first, last].find((colour) => colour !== undefined && colour.deployments.length > 0);
  if (busy !== undefined) return waitForMarathon(busy);
  const [growing, shrinking] = goal.kind === 'give-back' ? [first, last] : [last, first];
  if (growing === undefined) return { kind: 'done' };
  if (shrinking === undefined) return nextOfOnlyColour(situation, growing);
  return nextOfTwo(situation, growing, shrinking);
}

/** The first of its group, or the old one is gone already: it only has to serve. */
function nextOfOnlyColour(situation: Situation, colour: Colour): Step {
  const { goal, pace } = situation;
  if (goal.kind !== 'share' && colour.instances < goal.target) {
    return grow(colour, nextSize(colour.instances, 0, goal.target, pace));
  }
  const obstacle = obstacleTo(situation, colour, undefined);
  return obstacle === undefined ? { kind: 'done' } : waitFor(situation, obstacle);
}

function nextOfTwo(situation: Situation, growing: Colour, shrinking: Colour): Step {
  const { goal, views, waitedMs, pace } = situation;
  const wanted = goal.kind === 'share' ? Math.min(goal.newInstances, goal.target) : goal.target;
  const kept = goal.kind === 'share' ? goal.target - wanted : 0;
  const [n, o] = [growing.instances, shrinking.instances];
  const grown = goal.kind === 'share' ? nextSizeTowards(n, wanted, pace) : nextSize(n, o, goal.target, pace);
  const isOver = waitedMs >= pace.maxWaitMs;

  const obstacle = obstacleTo(situation, growing, shrinking);
  if (obstacle !== undefined && !(isOver && obstacle.isSafe)) return waitFor(situation, obstacle);

  const most = Math.min(surplusOf(n, o, goal.target), o - kept);
  if (n >= wanted && o <= kept) {
    return goal.kind === 'share' ? { kind: 'done' } : remove(shrinking, [], false);
  }
  if (most <= 0) {
    if (n < wanted) return grow(growing, grown);
    return {
      kind: 'stuck',
      code: 'conflict',
      why: `${n} of ${goal.target} instances are new, and ${o} old ones are left`,
    };
  }
  if (goal.kind === 'give-back' && !isGivenBackTo(growing, shrinking)) {
    // The balancers drain the colour that was not scaled last: until this one is, nothing of the other drains.
    return n < wanted ? grow(growing, grown) : withdraw(shrinking);
  }
  const isGrowing = n < wanted;
  const drained = tasksEverywhere(views, shrinking, ['drained']).slice(0, most);
  const killable = isOver ? tasksEverywhere(views, shrinking, ['drained', 'draining']).slice(0, most) : drained;
  const isForced = killable.length > drained.length;
  // A kill scales the shrinking colour, and some balancers then drain the other one until that is scaled too (16.3). So where
  // nothing grows any more, all that is left goes at once.
  if (killable.length === 0 || (!isGrowing && killable.length < most && !isOver)) {
    return waitFor(situation, { code: 'not-ready', isSafe: false, why: whyNotDrained(views, shrinking) });
  }
  if (!isGrowing && goal.kind !== 'share' && killable.length === o) return remove(shrinking, killable, isForced);
  const growth = isGrowing ? { growth: { appId: growing.id, to: grown } } : {};
  return { kind: 'kill', victims: shrinking, taskIds: killable, isForced, ...growth };
}

function waitFor({ waitedMs, pace }: Situation, { code, why }: Obstacle): Step {
  if (waitedMs < pace.maxWaitMs) return { kind: 'wait', waitsFor: 'balancers', why };
  return { kind: 'stuck', code: code === 'unreachable' ? 'unreachable' : 'timed-out', why };
}
