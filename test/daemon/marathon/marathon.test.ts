// Marathon as a whole, its parts wired as in the program: what becomes of changes that meet each other, of the master's
// and the store's delays, and of an end of the process (marathon.md 12, 13, 16, 28).
import { describe, expect, test } from 'vitest';
import { revertChanges } from '../../../src/daemon/marathon/groups/index.ts';
import { NetError } from '../../../src/world/net.ts';
import { settled } from './support/virtual-clock.ts';
import { path, Whole } from './support/whole.ts';

const HALF = { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 };
const FORCE = { force: true };

/** In memory, in the store and at the agents there are so many instances, all of them running, and nothing else. */
function expectRunning(whole: Whole, id: string, commands: readonly string[]): void {
  expect(whole.commands(id)).toEqual(commands);
  expect(whole.states(id)).toEqual(commands.map(() => 'Running Running'));
}

function expectQuiet(whole: Whole): void {
  expect(whole.it.deployments.running).toEqual([]);
  expect(whole.store.keys('deployments/')).toEqual([]);
  expect(whole.storedInstances().sort()).toEqual([...whole.it.instances.all()].map(({ id }) => id).sort());
  expect(whole.it.kills.inFlight.tasks).toBe(0);
  expect(whole.errors).toEqual([]);
  expect(whole.failures).toEqual([]);
}

describe('overlapping deployments', () => {
  test('leave as many instances as wanted, all of the last definition', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 4, cmd: 'one', upgradeStrategy: HALF });
    whole.master.doKillsEnd = false;
    for (const [cmd, instances] of [
      ['two', 4],
      ['three', 6],
      ['four', 2],
      ['five', 5],
    ] as const) {
      await whole.deploy({ '/a': { cmd, instances } }, FORCE);
      await whole.serve(2);
    }
    whole.master.doKillsEnd = true;
    whole.master.endKilled();
    await whole.deployed();
    expectRunning(whole, '/a', Array(5).fill('five'));
    expectQuiet(whole);
  });

  test('that come before the first one has begun cancel it, and it never begins', async () => {
    const whole = await Whole.start();
    whole.store.hold();
    const plans = [1, 2, 3].map((instances) => whole.deploy({ '/a': { instances, cmd: `c${instances}` } }, FORCE));
    expect(whole.it.deployments.running).toHaveLength(1);
    whole.store.release();
    await Promise.all(plans);
    await whole.deployed();
    expectRunning(whole, '/a', Array(3).fill('c3'));
    expect(whole.told('deployment_failed')).toHaveLength(2);
    expect(whole.told('deployment_success')).toHaveLength(1);
    expectQuiet(whole);
  });

  test('do not end an instance twice: a scale-down forced over one whose kills nobody answers yet', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 6 });
    whole.master.doKillsEnd = false;
    await whole.deploy({ '/a': { instances: 4 } });
    await whole.serve(1);
    await whole.deploy({ '/a': { instances: 3 } }, FORCE);
    await whole.serve(1);
    expect(new Set(whole.master.of('KILL').map(({ kill }) => kill?.task_id.value)).size).toBe(3);
    whole.master.endKilled();
    await whole.deployed();
    expect(whole.states('/a')).toEqual(Array(3).fill('Running Running'));
    expectQuiet(whole);
  });

  test('up while instances still end: those do not count, and new ones are started at once', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 4 });
    whole.master.doKillsEnd = false;
    await whole.deploy({ '/a': { instances: 1 } });
    await whole.serve(1);
    await whole.deploy({ '/a': { instances: 4 } }, FORCE);
    await whole.deployed();
    expect(whole.master.tasks.size).toBe(7);
    whole.master.endKilled();
    await whole.serve(2);
    expectRunning(whole, '/a', Array(4).fill('sleep 1'));
    expectQuiet(whole);
  });
});

describe('a deployment', () => {
  test('is there as soon as the request is answered, and not any more once it has ended', async () => {
    const whole = await Whole.start();
    const plan = await whole.deploy({ '/a': { instances: 1 } });
    expect(whole.it.deployments.running.map((one) => one.plan.id)).toEqual([plan.id]);
    expect(whole.store.keys('deployments/')).toEqual([`deployments/${plan.id}`]);
    await whole.deployed();
    expectQuiet(whole);
    await whole.boot();
    expectQuiet(whole);
    expectRunning(whole, '/a', ['sleep 1']);
  });

  test('that is reverted leaves what was before, though its own instances never ran', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3, cmd: 'good', upgradeStrategy: HALF });
    whole.master.doTasksStart = false;
    const bad = await whole.deploy({ '/a': { cmd: 'bad', instances: 5 } });
    await whole.serve(3);
    whole.master.tellAll(
      'TASK_FAILED',
      [...whole.master.tasks].filter(([, { info }]) => info.command?.value === 'bad').map(([id]) => id),
    );
    whole.master.doTasksStart = true;
    await whole.it.groups.update((root) => revertChanges(bad, root), FORCE);
    await whole.deployed();
    expectRunning(whole, '/a', Array(3).fill('good'));
    expectQuiet(whole);
  });

  test('of a new app that is reverted leaves nothing, of a removed one brings it back', async () => {
    const whole = await Whole.start();
    await whole.running('/old', { instances: 2 });
    whole.master.doTasksStart = false;
    whole.master.doKillsEnd = false;
    const plan = await whole.deploy({ '/new': { instances: 2 }, '/old': undefined });
    await whole.serve(2);
    whole.master.doTasksStart = true;
    await whole.it.groups.update((root) => revertChanges(plan, root), FORCE);
    await whole.serve(1);
    whole.master.doKillsEnd = true;
    whole.master.endKilled();
    await whole.deployed();
    await whole.serve(35);
    expectRunning(whole, '/new', []);
    expectRunning(whole, '/old', Array(2).fill('sleep 1'));
    expectQuiet(whole);
  });

  test('that is cancelled leaks no instance: the app gets its size, and goes without a trace', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 4, cmd: 'one' });
    whole.master.doTasksStart = false;
    const plan = await whole.deploy({ '/a': { cmd: 'two' } });
    await whole.serve(1);
    expect(whole.master.tasks.size).toBe(8);
    whole.it.deployments.cancel(plan.id, 'by hand');
    whole.master.tellAll('TASK_RUNNING');
    await whole.serve(2);
    expect(whole.states('/a')).toEqual(Array(4).fill('Running Running'));
    expect(whole.master.tasks.size).toBe(4);
    await whole.deploy({ '/a': undefined });
    await whole.deployed();
    expect(whole.master.tasks.size).toBe(0);
    expectQuiet(whole);
  });

  test('that removes an app ends its instances even when it is cancelled, and over an end of the process', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3 });
    whole.master.doKillsEnd = false;
    const plan = await whole.deploy({ '/a': undefined });
    whole.it.deployments.cancel(plan.id, 'by hand');
    await whole.serve(1);
    whole.master.doKillsEnd = true;
    await whole.boot();
    expect(whole.master.tasks.size).toBe(0);
    expectQuiet(whole);
  });

  test('is told of after what led to it: the last instance runs, then the deployment is a success', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 1 });
    const types = whole.events.map(({ type }) => type);
    expect(types.indexOf('deployment_success')).toBeGreaterThan(types.lastIndexOf('status_update_event'));
    expect(types.at(-1)).toBe('deployment_success');
  });

  test('tells nothing that an end of the process could make untrue', async () => {
    const whole = await Whole.start();
    whole.master.doTasksStart = false;
    await whole.deploy({ '/a': { instances: 1 } });
    await whole.serve(1);
    whole.store.hold();
    whole.master.tellAll('TASK_RUNNING');
    await settled();
    expect(whole.it.deployments.running).toEqual([]);
    expect(whole.told('deployment_success')).toHaveLength(0);
    whole.store.release();
    await settled();
    expect(whole.told('deployment_success')).toHaveLength(1);
  });
});

describe('an app that is removed and comes back at once', () => {
  test('runs none of its former instances, not even those whose end had not begun', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3, cmd: 'old', constraints: [{ field: 'hostname', operator: 'UNIQUE' }] });
    whole.store.hold();
    const removed = whole.deploy({ '/a': undefined });
    const again = whole.deploy({ '/a': { instances: 2, cmd: 'new' } }, FORCE);
    whole.store.release();
    await Promise.all([removed, again]);
    await whole.deployed();
    await whole.serve(2);
    expectRunning(whole, '/a', ['new', 'new']);
    expectQuiet(whole);
  });

  test('starts on the same machines, knows no former failure and no former delay', async () => {
    const whole = await Whole.start();
    const unique = { constraints: [{ field: 'hostname', operator: 'UNIQUE' as const }], backoffSeconds: 300 };
    whole.master.doTasksStart = false;
    await whole.deploy({ '/a': { instances: 1, ...unique } });
    whole.master.offer(1, undefined, 'h');
    await settled();
    await whole.clock.advance(10);
    whole.master.tellAll('TASK_FAILED');
    await settled();
    expect(whole.it.failures.of(path('/a'))).toBeDefined();
    expect(whole.it.backOffs.delayedUntilMs(whole.it.groups.app(path('/a')) as never)).toBeDefined();
    whole.master.doTasksStart = true;
    await whole.deploy({ '/a': undefined }, FORCE);
    await whole.deploy({ '/a': { instances: 1, ...unique } }, FORCE);
    await settled();
    whole.master.offer(1, undefined, 'h');
    await whole.clock.advance(10);
    expectRunning(whole, '/a', ['sleep 1']);
    expect(whole.it.failures.of(path('/a'))).toBeUndefined();
    expectQuiet(whole);
  });
});

describe('a launch that is on its way to the disk', () => {
  test('of an instance that is not wanted any more is taken back: no task, no record', async () => {
    const whole = await Whole.start();
    const plan = await whole.deploy({ '/a': { instances: 1 } });
    await settled();
    whole.store.hold();
    whole.master.offer();
    await whole.clock.advance(10);
    const [one] = whole.ofApp('/a');
    expect(one?.condition).toBe('Provisioned');
    whole.it.deployments.cancel(plan.id, 'by hand');
    await whole.clock.advance(10);
    if (one !== undefined) void whole.it.kills.kill([one.id], 'user', 'Decommissioned');
    expect(whole.states('/a')).toEqual(['Decommissioned Provisioned']);
    const removed = whole.deploy({ '/a': undefined });
    whole.store.release();
    await removed;
    await whole.deployed();
    expect(whole.master.launched).toEqual([]);
    expect(whole.master.of('KILL')).toEqual([]);
    expectQuiet(whole);
  });

  test('is taken back when its offer is rescinded, and another offer launches the instance', async () => {
    const whole = await Whole.start();
    await whole.deploy({ '/a': { instances: 1 } });
    await settled();
    whole.store.hold();
    const [offerId = ''] = whole.master.offer();
    await whole.clock.advance(10);
    whole.master.rescind(offerId);
    await settled();
    whole.store.release();
    await whole.deployed();
    expect(whole.master.launched).toHaveLength(1);
    expect(whole.master.launched[0]).toMatch(/\._app\.2$/);
    expectQuiet(whole);
  });

  test('that the process does not survive leaves no task, and the instance is launched by the next', async () => {
    const whole = await Whole.start();
    await whole.deploy({ '/a': { instances: 1 } });
    await settled();
    whole.store.hold();
    whole.master.offer();
    await whole.clock.advance(10);
    await whole.boot();
    expect(whole.master.launched).toEqual([]);
    await whole.deployed();
    expectRunning(whole, '/a', ['sleep 1']);
    expectQuiet(whole);
  });
});

describe('an ACCEPT', () => {
  test('that fails after its instance was given up leaves no record', async () => {
    const whole = await Whole.start();
    await whole.deploy({ '/a': { instances: 2 } });
    await settled();
    whole.master.faults.set('ACCEPT', [{ status: 400, headers: {}, body: new Uint8Array() }]);
    whole.store.hold();
    whole.master.offer();
    await whole.clock.advance(10);
    const [first] = whole.ofApp('/a');
    whole.store.release();
    await Promise.resolve();
    if (first !== undefined) void whole.it.kills.kill([first.id], 'user', 'Decommissioned');
    await whole.deployed();
    await whole.serve(5);
    expect(whole.ofApp('/a').map(({ id }) => id)).not.toContain(first?.id);
    expectRunning(whole, '/a', Array(2).fill('sleep 1'));
    expectQuiet(whole);
  });

  test('that came too late for its offer has its instances launched again', async () => {
    const whole = await Whole.start();
    await whole.deploy({ '/a': { instances: 2 } });
    await settled();
    whole.store.hold();
    const [offerId = ''] = whole.master.offer();
    await whole.clock.advance(10);
    whole.store.release();
    // The master has rescinded it, and nobody has heard of it yet.
    whole.master.rescindSilently(offerId);
    await whole.deployed();
    expectRunning(whole, '/a', Array(2).fill('sleep 1'));
    expect(whole.ofApp('/a').map(({ task }) => task?.incarnation)).toEqual([2, 2]);
    expectQuiet(whole);
  });
});

describe('an unreachable instance', () => {
  const waits = { unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 } };

  async function lost(app: object): Promise<{ whole: Whole; ids: string[] }> {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 2, cmd: 'one', ...app });
    const ids = [...whole.master.tasks.keys()];
    whole.master.tellAll('TASK_UNREACHABLE', ids.slice(0, 1));
    await settled();
    return { whole, ids };
  }

  test('that was replaced at once is killed when it comes back', async () => {
    const { whole, ids } = await lost({});
    await whole.serve(8);
    expect(whole.states('/a')).toEqual(['Running Running', 'Running Running']);
    expect(whole.master.tasks.size).toBe(3);
    whole.master.tellAll('TASK_RUNNING', ids.slice(0, 1));
    await whole.serve(1);
    expect([...whole.master.tasks.keys()]).not.toContain(ids[0]);
    expectRunning(whole, '/a', ['one', 'one']);
    expectQuiet(whole);
  });

  test('that is back within its window during a rolling restart is replaced like the others', async () => {
    const { whole, ids } = await lost(waits);
    await whole.deploy({ '/a': { cmd: 'two' } });
    await whole.serve(1);
    whole.master.tellAll('TASK_RUNNING', ids.slice(0, 1));
    await whole.deployed();
    await whole.serve(2);
    expectRunning(whole, '/a', ['two', 'two']);
    expectQuiet(whole);
  });

  test('of the new configuration that is lost in a rolling restart is waited for, replaced, and killed in the end', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 2, cmd: 'one', ...waits });
    whole.master.doKillsEnd = false;
    await whole.deploy({ '/a': { cmd: 'two' } });
    await whole.serve(2);
    const [first = ''] = [...whole.master.tasks].flatMap(([id, { info }]) =>
      info.command?.value === 'two' ? [id] : [],
    );
    whole.master.tellAll('TASK_UNREACHABLE', [first]);
    await whole.serve(70);
    whole.master.doKillsEnd = true;
    whole.master.endKilled();
    await whole.deployed();
    whole.master.tellAll('TASK_RUNNING', [first]);
    await whole.serve(3);
    expectRunning(whole, '/a', ['two', 'two']);
    expectQuiet(whole);
  });

  test('that is scaled away is killed when it comes back, also by the next process', async () => {
    const { whole, ids } = await lost(waits);
    await whole.deploy({ '/a': { instances: 1 } });
    await whole.deployed();
    await whole.boot();
    whole.master.tellAll('TASK_RUNNING', ids.slice(0, 1));
    await whole.serve(2);
    expectRunning(whole, '/a', ['one']);
    expectQuiet(whole);
  });
});

describe('an app', () => {
  test('with a new configuration and no instances any more has none left, and a restart of it is over at once', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3 });
    await whole.deploy({ '/a': { instances: 0, cmd: 'other' } });
    await whole.deployed();
    expect(whole.master.tasks.size).toBe(0);
    const plan = await whole.deploy({}, { restart: [path('/a')] });
    expect(plan.steps).toHaveLength(1);
    await settled();
    expectQuiet(whole);
  });

  test('has a task killed by hand launched again while a deployment holds it', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 2, cmd: 'one' });
    whole.master.doTasksStart = false;
    await whole.deploy({ '/a': { instances: 3 } });
    await whole.serve(1);
    const [first] = whole.ofApp('/a');
    whole.master.doTasksStart = true;
    if (first !== undefined) await whole.it.kills.kill([first.id], 'user');
    await whole.serve(7);
    whole.master.tellAll('TASK_RUNNING');
    await whole.deployed();
    expect(whole.ofApp('/a')[0]?.task?.incarnation).toBe(2);
    expectRunning(whole, '/a', Array(3).fill('one'));
    expectQuiet(whole);
  });

  test('of another role gets its instances there, and the old ones end', async () => {
    const whole = await Whole.start(['--mesos_role=prod']);
    await whole.deploy({ '/dev/a': { instances: 2, role: 'prod' } });
    await settled();
    expect(whole.it.launchQueue.entry(path('/dev/a'))?.role).toBe('prod');
    await whole.deploy({ '/dev/a': { role: 'dev' } }, FORCE);
    await settled();
    await whole.clock.advance(100);
    expect(whole.states('/dev/a')).toEqual(['Running Scheduled', 'Running Scheduled']);
    expect(whole.it.launchQueue.entry(path('/dev/a'))?.role).toBe('dev');
    expect(whole.it.launchQueue.entries()).toHaveLength(1);
    expect(whole.it.mesos.hasRole('dev')).toBe(true);
  });
});

describe('a group', () => {
  test('of 100 apps is removed by one deployment, and nothing is left of them', async () => {
    const whole = await Whole.start();
    const ids = Array.from({ length: 100 }, (_, i) => `/g/a${i}`);
    await whole.deploy(Object.fromEntries(ids.map((id) => [id, { instances: 2 }])));
    await whole.deployed();
    expect(whole.master.tasks.size).toBe(200);
    const plan = await whole.deploy(Object.fromEntries(ids.map((id) => [id, undefined])));
    expect(plan.steps).toHaveLength(1);
    await whole.deployed();
    expect(whole.master.tasks.size).toBe(0);
    expect(whole.told('app_terminated_event')).toHaveLength(100);
    expectQuiet(whole);
  });
});

describe('the limit of deployments', () => {
  test('does not concern changes of nothing', async () => {
    const whole = await Whole.start(['--max_running_deployments=1']);
    await whole.deploy({ '/a': { instances: 1 } });
    await expect(whole.deploy({ '/b': { instances: 1 } })).rejects.toMatchObject({ status: 403 });
    const plan = await whole.deploy({ '/a': {} });
    expect(plan.steps).toEqual([]);
    await whole.deployed();
    expectQuiet(whole);
  });
});

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

describe('a line to the master that breaks', () => {
  const lost = () => new NetError('broken', 'lost');

  test('while a launch is under way: a task that was launched is kept, one that was not is launched again', async () => {
    for (const isTaken of [true, false]) {
      const whole = await Whole.start();
      await whole.deploy({ '/a': { instances: 2 } });
      await settled();
      whole.master.doTasksStart = false;
      whole.master.doCallsCome = isTaken;
      whole.master.faults.set('ACCEPT', [lost()]);
      whole.master.offer();
      await whole.clock.advance(100);
      whole.master.cut();
      whole.master.doCallsCome = true;
      whole.master.doTasksStart = true;
      await whole.clock.advance(1_000);
      whole.master.tellAll('TASK_RUNNING');
      await whole.deployed();
      await whole.serve(2);
      expectRunning(whole, '/a', Array(2).fill('sleep 1'));
      const incarnations = whole.ofApp('/a').map(({ task }) => task?.incarnation);
      expect(incarnations).toEqual(isTaken ? [1, 1] : [2, 2]);
      expectQuiet(whole);
    }
  });

  test('while kills are under way: they are sent again with the next subscription', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3 });
    whole.master.doCallsCome = false;
    await whole.deploy({ '/a': { instances: 1 } });
    await whole.clock.advance(100);
    whole.master.cut();
    whole.master.doCallsCome = true;
    await whole.clock.advance(1_000);
    expect(whole.master.tasks.size).toBe(1);
    await whole.deployed();
    expectQuiet(whole);
  });

  test('while tasks end and start: the master is asked, and what was missed is made good', async () => {
    const whole = await Whole.start();
    await whole.running('/a', { instances: 3 });
    const [first = '', second = ''] = whole.master.tasks.keys();
    whole.master.cut();
    whole.master.tell(first, 'TASK_FAILED');
    whole.master.tell(second, 'TASK_GONE');
    await whole.serve(10);
    expectRunning(whole, '/a', Array(3).fill('sleep 1'));
    expectQuiet(whole);
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

describe('an app that may have one instance only', () => {
  const alone = {
    labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
    upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
  };

  test('never has two tasks, whatever is done to it', async () => {
    const whole = await Whole.start();
    let most = 0;
    const look = () => {
      most = Math.max(most, whole.master.tasks.size);
    };
    await whole.running('/a', { instances: 1, cmd: 'c1', ...alone });
    whole.master.doKillsEnd = false;
    const changes: readonly (() => Promise<unknown>)[] = [
      () => whole.deploy({ '/a': { cmd: 'c2' } }, FORCE),
      () => whole.deploy({ '/a': { cmd: 'c3' } }, FORCE),
      () => whole.deploy({ '/a': undefined }, FORCE),
      () => whole.deploy({ '/a': { instances: 1, cmd: 'c4', ...alone } }, FORCE),
      () => whole.deploy({}, { ...FORCE, restart: [path('/a')] }),
      async () => whole.master.tellAll('TASK_FAILED'),
      () => whole.deploy({ '/a': { instances: 0 } }, FORCE),
      () => whole.deploy({ '/a': { instances: 1 } }, FORCE),
    ];
    for (const change of changes) {
      await change();
      await whole.serve(3);
      look();
      if (changes.indexOf(change) % 2 === 0) continue;
      whole.master.endKilled();
      await whole.serve(8);
      look();
    }
    whole.master.doKillsEnd = true;
    whole.master.endKilled();
    await whole.deployed();
    expect(most).toBe(1);
    expectRunning(whole, '/a', ['c4']);
    expectQuiet(whole);
  });
});
