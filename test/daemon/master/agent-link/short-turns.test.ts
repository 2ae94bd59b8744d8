// Bursts of work in short turns.
import { expect, test } from 'vitest';
import { ShortTurns } from '../../../../src/daemon/master/agent-link/short-turns.ts';
import type { Clock } from '../../../../src/world/world.ts';

/** A clock whose time is spent by the work; `tick` rings the timers that were set. */
function workingClock() {
  let nowMs = 0;
  let timers: (() => void)[] = [];
  const clock: Pick<Clock, 'monotonicMs' | 'setTimer'> = {
    monotonicMs: () => nowMs,
    setTimer(_delayMs, fn) {
      timers.push(fn);
      return { cancel: () => undefined };
    },
  };
  return {
    turns: new ShortTurns(clock as Clock),
    spend: (ms: number) => {
      nowMs += ms;
    },
    tick: () => {
      const due = timers;
      timers = [];
      for (const ring of due) ring();
      return due.length;
    },
  };
}

test('a burst is done ten milliseconds at a time, in order, and then there is nothing left to do', async () => {
  const { turns, spend, tick } = workingClock();
  const done: number[] = [];
  const work = (number: number) => (): number => {
    done.push(number);
    spend(4);
    return number;
  };
  const answers = Array.from({ length: 8 }, (_, number) => turns.run(work(number)));
  expect(done).toEqual([0, 1, 2]);
  expect(answers.slice(0, 3)).toEqual([0, 1, 2]);
  tick();
  // Nobody overtakes those who wait.
  const late = turns.run(work(8));
  expect(done).toEqual([0, 1, 2, 3, 4, 5]);
  tick();
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await Promise.all([...answers, late])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(tick()).toBe(1);
  expect(tick()).toBe(0);
  expect(turns.run(work(9))).toBe(9);
});

test('what one piece of work throws is told to whom it belongs, and stops nobody else', async () => {
  const { turns, spend, tick } = workingClock();
  void turns.run(() => spend(20));
  const failing = turns.run(() => {
    throw new Error('no agent');
  });
  const next = turns.run(() => 'next');
  tick();
  await expect(failing).rejects.toThrow('no agent');
  expect(await next).toBe('next');
  tick();
  expect(() =>
    turns.run(() => {
      throw new Error('at once');
    }),
  ).toThrow('at once');
});
