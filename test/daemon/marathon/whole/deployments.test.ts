// Changes that meet each other, on a whole Marathon (marathon.md 12, 28).
import { describe, expect, test } from 'vitest';
import { revertChanges } from '../../../../src/daemon/marathon/groups/index.ts';
import { settled } from '../support/virtual-clock.ts';
import { path, Whole } from '../support/whole.ts';
import { expectQuiet, expectRunning } from '../support/whole-expectations.ts';

const HALF = { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 };
const FORCE = { force: true };

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
