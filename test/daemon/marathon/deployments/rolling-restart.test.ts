import { describe, expect, it } from 'vitest';
import { restartLimits, toLaunch } from '../../../../src/daemon/marathon/deployments/rolling-restart.ts';

// marathon.md 12.5: target, minimumHealthCapacity, maximumOverCapacity, resident, running → maxCapacity, killNow, started at once.
const CASES = [
  [10, 1, 1, false, 10, 20, 0, 10],
  [10, 0.1, 1, false, 10, 20, 9, 10],
  [10, 0.1, 0, false, 1, 10, 0, 9],
  [10, 1, 0, false, 10, 11, 0, 1],
  [4, 0.5, 0, false, 4, 4, 2, 0],
  [3, 0.5, 0.5, false, 3, 4, 1, 1],
  [2, 0.5, 0, false, 2, 2, 1, 0],
  [1, 0.5, 0, false, 1, 2, 0, 1],
  [1, 0, 0, false, 1, 1, 1, 0],
  [5, 0.5, 0, true, 5, 5, 2, 0],
  [5, 1, 0, true, 5, 5, 1, 0],
  [5, 1, 0, true, 7, 5, 3, 0],
  [1, 0.5, 0, true, 1, 1, 1, 0],
] as const;

describe('the numbers of a rolling restart', () => {
  it.each(CASES)(
    'target %d, %d / %d, resident %s, running %d: capacity %d, %d killed at once, %d started',
    (...one) => {
      const [target, minimumHealthCapacity, maximumOverCapacity, isResident, running, maxCapacity, killNow, started] =
        one;
      const strategy = { minimumHealthCapacity, maximumOverCapacity };
      const limits = restartLimits({ target, healthy: running, current: running, strategy, isResident });
      expect(limits).toMatchObject({ maxCapacity, killNow });
      expect(toLaunch(target, limits.maxCapacity, running, 0)).toBe(started);
    },
  );

  it('kills what is beyond the target at once, healthy or not', () => {
    const strategy = { minimumHealthCapacity: 1, maximumOverCapacity: 0 };
    const limits = restartLimits({ target: 3, healthy: 0, current: 8, strategy, isResident: false });
    expect(limits.killNow).toBe(5);
  });

  it('rounds as numbers written with two decimals are meant', () => {
    const limits = (minimumHealthCapacity: number, maximumOverCapacity: number) =>
      restartLimits({
        target: 100,
        healthy: 100,
        current: 100,
        strategy: { minimumHealthCapacity, maximumOverCapacity },
        isResident: false,
      });
    expect(limits(0.07, 0.07)).toMatchObject({ minHealthy: 7, maxCapacity: 107 });
    expect(limits(0.57, 0.29)).toMatchObject({ minHealthy: 57, maxCapacity: 129 });
  });

  it('starts nothing where all room is taken, and never more than are missing', () => {
    expect(toLaunch(4, 4, 4, 0)).toBe(0);
    expect(toLaunch(4, 4, 6, 0)).toBe(0);
    expect(toLaunch(4, 8, 1, 3)).toBe(1);
  });
});
