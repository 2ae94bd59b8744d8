// One step at a time: what is done with what is live and what the balancers show.
import { describe, expect, test } from 'vitest';
import { nextSize, nextSizeTowards, surplusOf } from '../../../src/haproxy/bluegreen/steps/amounts.ts';
import { nextStep } from '../../../src/haproxy/bluegreen/steps/next-step.ts';
import type { Goal, Step } from '../../../src/haproxy/bluegreen/steps/step.ts';
import { made, PACE, seen, situation } from './made-colours.ts';

/** The step without what it is about. */
function brief(step: Step): unknown {
  if (step.kind === 'kill') return { kill: step.taskIds, ...(step.growth && { to: step.growth.to }) };
  if (step.kind === 'scale') return { scale: step.appId, to: step.to, ...(step.force && { force: true }) };
  if (step.kind === 'remove') return { remove: step.victims.id };
  if (step.kind === 'wait') return { wait: step.why };
  if (step.kind === 'stuck') return { stuck: step.code, why: step.why };
  return step.kind;
}

const LATE = { waitedMs: PACE.maxWaitMs };

describe('numbers', () => {
  test('of example 4: one of three old instances can be spared for one new', () => {
    expect(surplusOf(1, 3, 3)).toBe(1);
  });

  test.each<[n: number, o: number, T: number, surplus: number]>([
    [0, 3, 3, 0],
    [2, 3, 3, 2],
    [3, 1, 3, 1],
    [2, 2, 4, 0],
    [5, 1, 3, 1],
    [1, 3, 5, 0],
  ])('%i new and %i old of %i spare %i', (n, o, T, surplus) => {
    expect(surplusOf(n, o, T)).toBe(surplus);
  });

  test.each<[n: number, o: number, T: number, linear: number | undefined, size: number]>([
    [1, 10, 10, undefined, 2],
    [2, 10, 10, undefined, 3],
    [3, 10, 10, undefined, 5],
    [5, 9, 10, undefined, 8],
    [5, 8, 10, undefined, 10],
    [8, 3, 8, undefined, 8],
    [1, 10, 10, 4, 5],
    [9, 12, 10, 4, 10],
    [0, 3, 3, undefined, 1],
  ])('%i new beside %i old of %i grow (by %s) to %i', (n, o, T, linear, size) => {
    const pace = linear === undefined ? PACE : { ...PACE, linearIncrease: linear };
    expect(nextSize(n, o, T, pace)).toBe(size);
  });

  test('of a deployment that stops on its way never pass the stop', () => {
    expect(nextSizeTowards(1, 4, PACE)).toBe(2);
    expect(nextSizeTowards(3, 4, PACE)).toBe(4);
  });
});

describe('3 blue to 3 green', () => {
  test('waits for Marathon first', () => {
    const step = nextStep(situation(made('blue', 3), made('green', 1, { deployments: ['d7'] }), []));
    expect(brief(step)).toEqual({ wait: 'Marathon deploys /cart-green (deployment d7)' });
    expect(step).toMatchObject({ waitsFor: 'marathon' });
  });

  test.each([
    [3, 1, { b1: 'drained', b2: 'up', b3: 'up', g1: 'up' }, { kill: ['b1'], to: 2 }],
    [2, 2, { b1: 'drained', b2: 'up', g1: 'up', g2: 'up' }, { kill: ['b1'], to: 3 }],
    [1, 3, { b1: 'drained', g1: 'up', g2: 'up', g3: 'up' }, { remove: '/cart-blue' }],
  ] as const)('with %i blue and %i green goes on once what drains has drained', (o, n, tasks, wanted) => {
    const step = nextStep(
      situation(made('blue', o), made('green', n), [seen(tasks), seen(tasks, { balancer: 'lb2' })]),
    );
    expect(brief(step)).toEqual(wanted);
  });

  test('a task goes only when every balancer is done with it', () => {
    const drained = seen({ b1: 'drained', b2: 'up', b3: 'up', g1: 'up' });
    const draining = seen({ b1: 'draining', b2: 'up', b3: 'up', g1: 'up' }, { balancer: 'lb2' });
    const step = nextStep(situation(made('blue', 3), made('green', 1), [drained, draining]));
    expect(brief(step)).toEqual({ wait: 'lb2: b1 has 2 open connections' });
  });

  test('connections are waited for no longer than the longest wait', () => {
    const draining = seen({ b1: 'draining', b2: 'up', b3: 'up', g1: 'up' });
    const step = nextStep(situation(made('blue', 3), made('green', 1), [draining], LATE));
    expect(step).toMatchObject({ kind: 'kill', taskIds: ['b1'], isForced: true });
  });

  test('more than can be spared is never killed, whatever drains', () => {
    const tasks = seen({ b1: 'drained', b2: 'drained', b3: 'up', g1: 'up' }, { up: 3 });
    expect(brief(nextStep(situation(made('blue', 3), made('green', 1), [tasks])))).toEqual({ kill: ['b1'], to: 2 });
  });

  test('a task that is being killed already is not killed again', () => {
    const blue = made('blue', 3);
    const dying = { ...blue.app, tasks: blue.app.tasks.map((task) => ({ ...task, state: 'TASK_KILLING' })) };
    const tasks = seen({ b1: 'drained', b2: 'up', b3: 'up', g1: 'up' });
    const step = nextStep(situation({ ...blue, app: dying }, made('green', 1), [tasks]));
    expect(brief(step)).toEqual({ wait: expect.stringMatching(/cart-blue/) });
  });

  test('at full size nothing of the rest goes before all of it has drained', () => {
    const tasks = seen({ b1: 'drained', b2: 'draining', g1: 'up', g2: 'up', g3: 'up' });
    const step = nextStep(situation(made('blue', 2), made('green', 3), [tasks]));
    expect(brief(step)).toEqual({ wait: 'lb1: b2 has 2 open connections' });
  });

  test('an old app with nothing left is removed', () => {
    const step = nextStep(situation(made('blue', 0), made('green', 3), [seen({ g1: 'up', g2: 'up', g3: 'up' })]));
    expect(brief(step)).toEqual({ remove: '/cart-blue' });
  });

  test('is done when the old app is gone and the new one serves everywhere', () => {
    const all = seen({ g1: 'up', g2: 'up', g3: 'up' });
    expect(brief(nextStep(situation(undefined, made('green', 3), [all])))).toBe('done');
    const step = nextStep(situation(undefined, made('green', 3), [all, seen({ g1: 'up', g2: 'up', g3: 'down' })]));
    expect(brief(step)).toEqual({ wait: 'lb1: 2 of 3 instances of /cart-green are up' });
  });
});

describe('a balancer', () => {
  const good = { b1: 'drained', b2: 'up', b3: 'up', g1: 'up' } as const;
  const both = [made('blue', 3), made('green', 1)] as const;

  test('with more than two processes still finishes connections', () => {
    expect(brief(nextStep(situation(...both, [seen(good, { pids: 3 })])))).toEqual({
      wait: 'lb1: 3 processes of HAProxy; old ones still finish their connections',
    });
    expect(brief(nextStep(situation(...both, [seen(good, { pids: 2 })])))).toEqual({ kill: ['b1'], to: 2 });
    expect(brief(nextStep(situation(...both, [seen(good, { pids: 3 })], LATE)))).toEqual({ kill: ['b1'], to: 2 });
  });

  test('that does not answer is waited for, and then ends it', () => {
    const unreachable = [{ balancer: 'lb2', why: 'connection refused' }];
    const why = 'lb2 does not answer: connection refused';
    expect(brief(nextStep(situation(...both, [seen(good)], { unreachable })))).toEqual({ wait: why });
    expect(brief(nextStep(situation(...both, [seen(good)], { unreachable, ...LATE })))).toEqual({
      stuck: 'unreachable',
      why,
    });
  });

  test('that has not seen the change yet is waited for', () => {
    const { b1: _, ...three } = good;
    expect(brief(nextStep(situation(...both, [seen(three)])))).toEqual({
      wait: 'lb1: 3 servers are listed, 4 are expected',
    });
  });

  test('that finds a new instance down lets nothing old go, however long it takes', () => {
    const tasks = seen({ ...good, g1: 'down' });
    const why = 'lb1: 0 of 1 instances of /cart-green are up';
    expect(brief(nextStep(situation(...both, [tasks])))).toEqual({ wait: why });
    expect(brief(nextStep(situation(...both, [tasks], LATE)))).toEqual({ stuck: 'timed-out', why });
  });

  test('that finds too few up is waited for, but broken old instances do not stop what mends them', () => {
    const tasks = seen({ ...good, b2: 'down', b3: 'down' });
    expect(brief(nextStep(situation(...both, [tasks])))).toEqual({
      wait: 'lb1: 1 of 3 servers that are needed are up',
    });
    expect(brief(nextStep(situation(...both, [tasks], LATE)))).toEqual({ kill: ['b1'], to: 2 });
  });

  test('without any answer kills nothing', () => {
    expect(nextStep(situation(...both, [], LATE)).kind).toBe('stuck');
  });
});

describe('a shared deployment', () => {
  const goal: Goal = { kind: 'share', target: 4, newInstances: 2 };
  const labels = { HAPROXY_DEPLOYMENT_TARGET_INSTANCES: '4', HAPROXY_DEPLOYMENT_NEW_INSTANCES: '2' };

  test('goes to its number of new ones and no further', () => {
    const one = seen({ b1: 'drained', b2: 'up', b3: 'up', b4: 'up', g1: 'up' });
    expect(brief(nextStep(situation(made('blue', 4), made('green', 1, { labels }), [one], { goal })))).toEqual({
      kill: ['b1'],
      to: 2,
    });
    const two = seen({ b1: 'drained', b2: 'up', b3: 'up', g1: 'up', g2: 'up' });
    expect(brief(nextStep(situation(made('blue', 3), made('green', 2, { labels }), [two], { goal })))).toEqual({
      kill: ['b1'],
    });
    const end = seen({ b1: 'up', b2: 'up', g1: 'up', g2: 'up' });
    expect(brief(nextStep(situation(made('blue', 2), made('green', 2, { labels }), [end], { goal })))).toBe('done');
  });

  test('is completed to the new colour', () => {
    const shared = seen({ b1: 'up', b2: 'up', g1: 'up', g2: 'up' });
    const replace = { goal: { kind: 'replace', target: 4 } as const };
    expect(brief(nextStep(situation(made('blue', 2), made('green', 2, { labels }), [shared], replace)))).toEqual({
      scale: '/cart-green',
      to: 4,
    });
  });

  test('is given back to the old colour, which must be scaled before anything of the new one drains', () => {
    const back = { goal: { kind: 'give-back', target: 4 } as const };
    const shared = seen({ b1: 'up', b2: 'up', g1: 'up', g2: 'up' });
    expect(brief(nextStep(situation(made('blue', 2), made('green', 2, { labels }), [shared], back)))).toEqual({
      scale: '/cart-blue',
      to: 4,
    });
    const blue = made('blue', 4, { lastScalingAt: '2026-02-01T10:00:00Z' });
    const grown = seen({ b1: 'up', b2: 'up', b3: 'up', b4: 'up', g1: 'drained', g2: 'drained' });
    expect(brief(nextStep(situation(blue, made('green', 2, { labels }), [grown], back)))).toEqual({
      remove: '/cart-green',
    });
  });

  test('that killed nothing yet is given back at once, for then the old colour is what drains', () => {
    const tasks = seen({ b1: 'drained', b2: 'up', b3: 'up', b4: 'up', g1: 'up' });
    const green = made('green', 1, { labels, lastScalingAt: '2026-02-01T09:00:00Z' });
    const back = { goal: { kind: 'give-back', target: 4 } as const };
    expect(brief(nextStep(situation(made('blue', 4), green, [tasks], back)))).toEqual({
      scale: '/cart-green',
      to: 0,
      force: true,
    });
  });
});

describe('an abort', () => {
  const abort = { goal: { kind: 'abort', target: 3 } as const };

  test('brings the old colour back before it takes the new one away', () => {
    const green = made('green', 2, { deployments: ['stuck'] });
    expect(brief(nextStep(situation(made('blue', 2), green, [], abort)))).toEqual({ scale: '/cart-blue', to: 3 });
    const coming = seen({ b1: 'drained', b2: 'up', b3: 'down', g1: 'up', g2: 'down' });
    expect(brief(nextStep(situation(made('blue', 3), green, [coming], abort)))).toEqual({
      wait: 'lb1: 2 of 3 instances of /cart-blue are up or drain',
    });
    const back = seen({ b1: 'drained', b2: 'up', b3: 'up', g1: 'up', g2: 'down' });
    expect(brief(nextStep(situation(made('blue', 3), green, [back], abort)))).toEqual({
      scale: '/cart-green',
      to: 0,
      force: true,
    });
  });

  test('removes the new app when the old one serves alone', () => {
    const green = made('green', 0);
    const draining = seen({ b1: 'drained', b2: 'up', b3: 'up' });
    expect(brief(nextStep(situation(made('blue', 3), green, [draining], abort)))).toEqual({
      wait: 'lb1: 2 of 3 instances of /cart-blue are up',
    });
    const all = seen({ b1: 'up', b2: 'up', b3: 'up' });
    expect(brief(nextStep(situation(made('blue', 3), green, [all], abort)))).toEqual({ remove: '/cart-green' });
    expect(brief(nextStep(situation(made('blue', 3), undefined, [all], abort)))).toBe('done');
  });

  test('comes to its end though a balancer is gone', () => {
    const unreachable = [{ balancer: 'lb1', why: 'no route' }];
    const late = { ...abort, unreachable, ...LATE };
    expect(brief(nextStep(situation(made('blue', 3), made('green', 2), [], { ...abort, unreachable })))).toEqual({
      wait: 'lb1 does not answer: no route',
    });
    expect(brief(nextStep(situation(made('blue', 3), made('green', 2), [], late)))).toMatchObject({ to: 0 });
    expect(brief(nextStep(situation(made('blue', 3), made('green', 0), [], late)))).toEqual({ remove: '/cart-green' });
  });
});
