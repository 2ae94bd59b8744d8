// Delays of apps whose tasks end too soon: marathon.md 14, and the vectors of 25.
import { describe, expect, test } from 'vitest';
import type { InstanceChange } from '../../../../src/daemon/marathon/core.ts';
import { DelayBook } from '../../../../src/daemon/marathon/launching/back-offs.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import type { Condition, Instance, InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import { FakeClock } from '../../../client/support/fake-master.ts';
import { makeApp, versionAfter } from '../instances/support/app.ts';

function scene() {
  const clock = new FakeClock();
  let tell: (change: InstanceChange) => void = () => undefined;
  const book = new DelayBook({
    world: { clock },
    instances: {
      onChange: (fn) => {
        tell = fn;
        return () => undefined;
      },
    },
  });
  book.start();
  const told: PathId[] = [];
  book.onChange((id) => told.push(id));
  /** An instance of the app goes from Running (or Scheduled) to the condition. */
  const becomes = (app: App, condition: Condition, more: Partial<Instance> = {}): void => {
    const after: Instance = { id: 'i' as InstanceId, app, goal: 'Running', condition, sinceMs: 0, ...more };
    tell({ before: { ...after, condition: condition === 'Running' ? 'Staging' : 'Running' }, after });
  };
  const delayOf = (app: App): number | undefined => {
    const untilMs = book.delayedUntilMs(app);
    return untilMs === undefined ? undefined : (untilMs - clock.nowMs()) / 1000;
  };
  /** Fails, and as soon as it may is launched again, again and again: the delays in seconds. */
  const crashLoop = async (app: App, times: number): Promise<number[]> => {
    const delays: number[] = [];
    for (let i = 0; i < times; i += 1) {
      becomes(app, 'Failed');
      const delay = delayOf(app) ?? 0;
      delays.push(delay);
      await clock.advance(delay * 1000);
      expect(delayOf(app)).toBeUndefined();
      becomes(app, 'Provisioned');
      becomes(app, 'Running');
    }
    return delays;
  };
  return { clock, book, told, becomes, delayOf, crashLoop, tell: (change: InstanceChange) => tell(change) };
}

const rounded = (delays: readonly number[]) => delays.map((delay) => Number(delay.toFixed(4)));

describe('the delay of an app that fails', () => {
  test('grows by the factor: 1, 1.15, 1.3225, 1.5209 with the defaults', async () => {
    const { crashLoop } = scene();
    expect(rounded(await crashLoop(makeApp('/a'), 4))).toEqual([1, 1.15, 1.3225, 1.5209]);
  });

  test('never exceeds the longest: 2, 4, 8, 16, 32, 60, 60', async () => {
    const { crashLoop } = scene();
    const app = makeApp('/a', { backoffSeconds: 2, backoffFactor: 2, maxLaunchDelaySeconds: 60 });
    expect(rounded(await crashLoop(app, 7))).toEqual([2, 4, 8, 16, 32, 60, 60]);
  });

  test('is at most 300 s with the defaults', async () => {
    const { crashLoop } = scene();
    expect(Math.max(...rounded(await crashLoop(makeApp('/a'), 50)))).toBe(300);
  });

  test('is the longest at once when the first would be longer', async () => {
    const { crashLoop } = scene();
    const app = makeApp('/a', { backoffSeconds: 100, maxLaunchDelaySeconds: 10 });
    expect(await crashLoop(app, 2)).toEqual([10, 10]);
  });

  test('is none when the app wants none', () => {
    const { becomes, delayOf } = scene();
    const app = makeApp('/a', { backoffSeconds: 0 });
    becomes(app, 'Failed');
    expect(delayOf(app)).toBeUndefined();
  });
});

describe('what delays', () => {
  test.each<Condition>(['Failed', 'Finished', 'Error', 'Dropped', 'Gone'])('%s does', (condition) => {
    const { becomes, delayOf } = scene();
    becomes(makeApp('/a'), condition);
    expect(delayOf(makeApp('/a'))).toBe(1);
  });

  test.each<Condition>(['Killed', 'Unreachable', 'UnreachableInactive', 'Unknown', 'Killing', 'Staging'])(
    '%s does not',
    (condition) => {
      const { becomes, delayOf } = scene();
      becomes(makeApp('/a'), condition);
      expect(delayOf(makeApp('/a'))).toBeUndefined();
    },
  );

  test('a change of anything but the condition does not', () => {
    const { becomes, delayOf, tell } = scene();
    const app = makeApp('/a');
    becomes(app, 'Failed');
    const failed: Instance = { id: 'i' as InstanceId, app, goal: 'Running', condition: 'Failed', sinceMs: 0 };
    tell({ before: failed, after: { ...failed, goal: 'Stopped' } });
    expect(delayOf(app)).toBe(1);
  });

  test.each<[Condition, string]>([
    ['Killed', 'TASK_KILLED'],
    ['Gone', 'TASK_GONE_BY_OPERATOR'],
  ])('%s by the draining of an agent takes the delay away', (condition, state) => {
    const { becomes, delayOf } = scene();
    const app = makeApp('/a');
    becomes(app, 'Failed');
    const status = { task_id: { value: 't' }, state: state as 'TASK_KILLED', reason: 'REASON_AGENT_DRAINING' as const };
    becomes(app, condition, { task: { id: 't', incarnation: 1, stagedAtMs: 0, hostPorts: [], status } });
    expect(delayOf(app)).toBeUndefined();
    becomes(app, 'Failed');
    expect(delayOf(app)).toBe(1);
  });
});

describe('whom a delay concerns', () => {
  test('the app with its present configuration: scaling keeps it', () => {
    const { becomes, delayOf } = scene();
    const app = makeApp('/a');
    becomes(app, 'Failed');
    const scaled = makeApp('/a', {
      instances: 5,
      version: versionAfter(1),
      versionInfo: { lastScalingAt: versionAfter(1), lastConfigChangeAt: app.version },
    });
    expect(delayOf(scaled)).toBe(1);
  });

  test('not the same app with another configuration', () => {
    const { becomes, delayOf } = scene();
    becomes(makeApp('/a'), 'Failed');
    expect(delayOf(makeApp('/a', { version: versionAfter(1) }))).toBeUndefined();
  });

  test('not other apps', () => {
    const { becomes, delayOf } = scene();
    becomes(makeApp('/a'), 'Failed');
    expect(delayOf(makeApp('/b'))).toBeUndefined();
  });
});

describe('the end of a delay', () => {
  test('is told, as its beginning is', async () => {
    const { becomes, told, clock } = scene();
    becomes(makeApp('/a'), 'Failed');
    expect(told).toEqual(['/a']);
    await clock.advance(999);
    expect(told).toEqual(['/a']);
    await clock.advance(1);
    expect(told).toEqual(['/a', '/a']);
  });

  test('comes with a reset, for every configuration, and the next failure is a first one', () => {
    const { becomes, told, delayOf, book } = scene();
    const [old, present] = [makeApp('/a'), makeApp('/a', { version: versionAfter(1) })];
    becomes(old, 'Failed');
    becomes(present, 'Failed');
    becomes(present, 'Failed');
    told.length = 0;
    book.reset('/a' as PathId);
    expect([delayOf(old), delayOf(present), told]).toEqual([undefined, undefined, ['/a']]);
    becomes(present, 'Failed');
    expect(delayOf(present)).toBe(1);
  });

  test('a reset of an app without a delay is no news', () => {
    const { book, told } = scene();
    book.reset('/a' as PathId);
    expect(told).toEqual([]);
  });

  test('does not move when instances are launched meanwhile', async () => {
    const { becomes, delayOf, clock } = scene();
    const app = makeApp('/a', { backoffSeconds: 10 });
    becomes(app, 'Failed');
    await clock.advance(4000);
    becomes(app, 'Running');
    expect(delayOf(app)).toBe(6);
  });
});

describe('forgiving', () => {
  test('comes after running longer than the longest delay: the next failure is a first one', async () => {
    const { crashLoop, clock } = scene();
    const app = makeApp('/a');
    await crashLoop(app, 3);
    await clock.advance(300_002);
    expect(rounded(await crashLoop(app, 2))).toEqual([1, 1.15]);
  });

  test('does not come before', async () => {
    const { crashLoop, clock } = scene();
    const app = makeApp('/a');
    await crashLoop(app, 3);
    await clock.advance(299_000);
    expect(rounded(await crashLoop(app, 1))).toEqual([1.5209]);
  });

  test('counts from the last launch, wherever a task of the app was launched', async () => {
    const { crashLoop, becomes, clock } = scene();
    const app = makeApp('/a');
    await crashLoop(app, 1);
    await clock.advance(200_000);
    becomes(app, 'Staging');
    await clock.advance(200_000);
    expect(rounded(await crashLoop(app, 1))).toEqual([1.15]);
  });

  test('leaves nothing behind', async () => {
    const { crashLoop, clock } = scene();
    await crashLoop(makeApp('/a'), 1);
    await clock.advance(400_000);
    expect(clock.pending).toBe(0);
  });
});
