// The ends of a Marathon: stopped, followed by another, or killed after any commit (marathon.md 12.8, 20).
import { describe, expect, test } from 'vitest';
import { settled } from '../support/virtual-clock.ts';
import { path, Whole } from '../support/whole.ts';
import { expectQuiet } from '../support/whole-expectations.ts';

const HALF = { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 };
const FORCE = { force: true };

describe('after a stop', () => {
  const HEALTH_CHECK = {
    protocol: 'HTTP',
    port: 80,
    gracePeriodSeconds: 1,
    intervalSeconds: 1,
    timeoutSeconds: 1,
    maxConsecutiveFailures: 3,
    delaySeconds: 1,
  } as const;

  test('nothing is left that could act: no timer, no call, no change', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 2, healthChecks: [HEALTH_CHECK] });
    whole.master.doKillsEnd = false;
    whole.master.doTasksStart = false;
    await whole.deploy({ '/a': { cmd: 'two' }, '/b': { instances: 3 }, '/c': { instances: 1 } });
    await whole.serve(3);
    whole.master.tellAll('TASK_FAILED', [...whole.master.tasks.keys()].slice(-2));
    await settled();
    const { calls } = whole.master;
    const [callsBefore, commitsBefore] = [calls.length, whole.store.commits];
    whole.it.stop();
    expect(whole.clock.pending).toBe(0);
    await whole.clock.advance(3_600_000);
    expect([calls.length, whole.store.commits]).toEqual([callsBefore, commitsBefore]);
    expect(whole.failures).toEqual([]);
  });

  test('a framework id that was still being written brings no subscription any more', async () => {
    const whole = await Whole.start();
    whole.store.entries.delete('framework/id');
    await whole.boot({ holds: true });
    const { it } = whole;
    expect(it.mesos.frameworkId).toBeDefined();
    expect(it.mesos.isSubscribed).toBe(false);
    it.stop();
    whole.store.release();
    await settled();
    expect(it.mesos.isSubscribed).toBe(false);
    expect(whole.clock.pending).toBe(0);
  });

  test('nothing that waited for the disk goes on: no launch, no kill, no deployment, no subscription', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 2 });
    await whole.deploy({ '/b': { instances: 1 } });
    await settled();
    whole.store.hold();
    whole.master.offer();
    await whole.clock.advance(10);
    void whole.deploy({ '/a': { instances: 1 }, '/c': { instances: 1 } });
    const calls = whole.master.calls.length;
    const { it } = whole;
    it.stop();
    whole.store.release();
    await whole.clock.advance(60_000);
    expect(whole.master.calls.length).toBe(calls);
    expect(it.instances.ofApp(path('/c'))).toEqual([]);
    expect(whole.clock.pending).toBe(0);
    void it.groups.update((root) => root, FORCE);
    await settled();
    expect(whole.clock.pending).toBe(0);
  });
});

describe('who was followed by another', () => {
  test('fails at its next write, and neither launches nor answers nor acknowledges what it could not write', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 1 });
    const [taskId = ''] = whole.master.tasks.keys();
    whole.store.fenceOff();
    const acknowledged = whole.master.acknowledged;
    const sent = whole.master.calls.length;
    let wasAnswered = false;
    void whole.deploy({ '/b': { instances: 1 } }).then(() => {
      wasAnswered = true;
    });
    whole.master.tell(taskId, 'TASK_FAILED');
    whole.master.offer();
    await whole.clock.advance(100);
    expect(whole.fenced).toEqual([expect.stringMatching(/^1: the state could not be written/)]);
    expect([wasAnswered, whole.master.acknowledged]).toEqual([false, acknowledged]);
    expect(whole.master.calls.slice(sent).map(({ type }) => type)).not.toContain('ACCEPT');
  });
});

describe('the end of the process after any commit', () => {
  /** Each is played from the start for every commit of it, with the process killed and started again after that one. */
  const plays: Readonly<Record<string, { readonly play: (whole: Whole) => Promise<unknown>; readonly end: string[] }>> =
    {
      'of a scale-up': {
        play: (whole) => whole.deploy({ '/a': { instances: 5 } }),
        end: Array(5).fill('one'),
      },
      'of a scale-down': {
        play: (whole) => whole.deploy({ '/a': { instances: 1 } }),
        end: ['one'],
      },
      'of a removal': {
        play: (whole) => whole.deploy({ '/a': undefined }),
        end: [],
      },
      'of a rolling restart': {
        play: (whole) => whole.deploy({ '/a': { cmd: 'two', instances: 4 } }),
        end: Array(4).fill('two'),
      },
      'of a removal that the app comes back after': {
        play: async (whole) => {
          await whole.deploy({ '/a': undefined });
          await whole.deploy({ '/a': { instances: 2, cmd: 'new' } }, FORCE);
        },
        end: ['new', 'new'],
      },
      'of a rolling restart over another one': {
        play: async (whole) => {
          await whole.deploy({ '/a': { cmd: 'two' } });
          await whole.serve(1);
          await whole.deploy({ '/a': { cmd: 'three', instances: 2 } }, FORCE);
        },
        end: ['three', 'three'],
      },
    };

  interface Crash {
    readonly whole: Whole;
    readonly wasAnswered: boolean;
  }

  /** Undefined when it was over before that many commits. */
  async function endedAt(play: (whole: Whole) => Promise<unknown>, commit: number): Promise<Crash | undefined> {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3, cmd: 'one', upgradeStrategy: HALF });
    whole.store.crashAt = whole.store.commits + commit;
    let wasAnswered = false;
    const over = play(whole).then(async () => {
      wasAnswered = true;
      await whole.deployed();
    });
    await Promise.race([over, whole.crashed]).catch(() => undefined);
    if (whole.isUp) return undefined;
    await whole.boot();
    return { whole, wasAnswered };
  }

  test.each(Object.entries(plays))('%s loses and doubles nothing', async (_name, { play, end }) => {
    let commit = 1;
    for (let crash = await endedAt(play, commit); crash !== undefined; crash = await endedAt(play, commit)) {
      const { whole, wasAnswered } = crash;
      await whole.deployed();
      await whole.serve(3);
      const { instances = 0, cmd } = whole.it.groups.app(path('/a')) ?? {};
      expect(whole.commands('/a'), `commit ${commit}`).toEqual(Array(instances).fill(cmd));
      if (wasAnswered) expect(whole.commands('/a'), `commit ${commit}`).toEqual(end);
      expectQuiet(whole);
      commit += 1;
    }
    expect(commit).toBeGreaterThan(3);
  });
});
