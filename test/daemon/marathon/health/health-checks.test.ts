import { beforeEach, describe, expect, it } from 'vitest';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import { timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { AGENT_ADDRESS, appOf, commandCheck, FakeService, HealthRig, httpCheck, instanceOf, V2 } from './support.ts';

let rig: HealthRig;
let service: FakeService;
beforeEach(async () => {
  rig = await HealthRig.start();
  service = new FakeService(rig.simulation);
  await rig.pass(10);
});

const failing = { status: 500 };

describe('probes', () => {
  it('begin after the interval, but not later than five seconds, and go on at the interval', async () => {
    const startMs = rig.simulation.nowMs;
    rig.run(appOf({ healthChecks: [httpCheck({ intervalSeconds: 2 })] }));
    await rig.pass(6_500);
    expect(service.requests.map(({ atMs }) => Math.round((atMs - startMs) / 1000))).toEqual([2, 4, 6]);
    expect(service.requests[0]?.target).toBe('/health');
    service.requests.length = 0;
    rig.run(appOf({ id: '/slow' as PathId, healthChecks: [httpCheck({ intervalSeconds: 60, path: undefined })] }));
    const slowMs = rig.simulation.nowMs;
    await rig.pass(66_000);
    const slow = service.requests.filter(({ target }) => target === '/');
    expect(slow.map(({ atMs }) => Math.round((atMs - slowMs) / 1000))).toEqual([5, 65]);
  });

  it('are made for tasks that run only, and stop with them', async () => {
    const app = appOf({ healthChecks: [httpCheck()] });
    rig.turn(instanceOf(app), 'Staging');
    await rig.pass(3_000);
    expect(service.requests).toEqual([]);
    const running = rig.run(app);
    await rig.pass(2_500);
    expect(service.requests.length).toBe(2);
    rig.turn(running, 'Killing');
    await rig.pass(3_000);
    expect(service.requests.length).toBe(2);
  });

  it('of an old version go on while its instances live, beside those of the new one', async () => {
    rig.run(appOf({ healthChecks: [httpCheck({ path: '/old' })] }));
    rig.run(appOf({ version: V2, healthChecks: [httpCheck({ path: '/new' })] }), { n: 2 });
    await rig.pass(2_500);
    expect(service.requests.map(({ target }) => target).sort()).toEqual(['/new', '/new', '/old', '/old']);
  });

  it('are never more at once than the limit, and every task has its turn', async () => {
    rig = await HealthRig.start(3);
    service = new FakeService(rig.simulation);
    service.takesMs = 200;
    await rig.pass(10);
    const app = appOf({ healthChecks: [httpCheck({ intervalSeconds: 5, timeoutSeconds: 3 })] });
    for (let n = 1; n <= 30; n++) rig.run(app, { n });
    await rig.pass(9_900);
    expect(service.mostInFlight).toBe(3);
    expect(rig.health.countsOf(app.id)).toEqual({ healthy: 30, unhealthy: 0 });
  });

  it('that are slower than their interval do not overlap', async () => {
    service.takesMs = 1_500;
    rig.run(appOf({ healthChecks: [httpCheck({ timeoutSeconds: 10 })] }));
    await rig.pass(10_500);
    expect(service.mostInFlight).toBe(1);
    expect(service.requests.length).toBe(5);
  });

  it('fail with the reason in words', async () => {
    const instance = rig.run(appOf({ healthChecks: [httpCheck({ maxConsecutiveFailures: 0 })] }));
    const cause = () => rig.health.results(instance.id)[0]?.lastFailureCause;
    service.answer = failing;
    await rig.pass(1_500);
    expect(cause()).toBe('500 Internal Server Error');
    service.answer = 'nothing';
    await rig.pass(2_000);
    expect(cause()).toMatch(/^GET http:\/\/10\.0\.0\.9:8000\/health: no answer/);
  });

  it('take 200 to 399 for health and follow no redirect', async () => {
    const instance = rig.run(appOf({ healthChecks: [httpCheck({ maxConsecutiveFailures: 0 })] }));
    service.answer = { status: 302, headers: { location: '/elsewhere' } };
    await rig.pass(1_500);
    expect(rig.health.healthOf(instance)).toBe(true);
    expect(service.requests.map(({ target }) => target)).toEqual(['/health']);
    service.answer = { status: 400 };
    await rig.pass(1_000);
    expect(rig.health.healthOf(instance)).toBe(false);
  });

  it('by TCP are content with a connection', async () => {
    const tcp = { ...httpCheck({ protocol: 'TCP', maxConsecutiveFailures: 0 }) };
    const here = rig.run(appOf({ healthChecks: [tcp] }));
    const nowhere = rig.run(
      appOf({ id: '/b' as PathId, healthChecks: [{ ...tcp, portIndex: undefined, port: 9 }] as never }),
    );
    await rig.pass(1_500);
    expect(rig.health.healthOf(here)).toBe(true);
    expect(rig.health.healthOf(nowhere)).toBe(false);
    expect(rig.health.results(nowhere.id)[0]?.lastFailureCause).toBe(
      `connection to ${AGENT_ADDRESS}:9: connection refused`,
    );
    expect(service.requests).toEqual([]);
  });
});

describe('health', () => {
  it('is unknown until every check has a result, then true when all are alive', async () => {
    const instance = rig.run(appOf({ healthChecks: [httpCheck(), httpCheck({ intervalSeconds: 3 })] }));
    await rig.pass(1_500);
    expect(rig.health.results(instance.id).length).toBe(1);
    expect(rig.health.healthOf(instance)).toBeUndefined();
    expect(rig.health.countsOf(instance.app.id)).toEqual({ healthy: 1, unhealthy: 0 });
    await rig.pass(2_000);
    expect(rig.health.healthOf(instance)).toBe(true);
    expect(rig.events.filter(({ type }) => type === 'instance_health_changed_event')).toMatchObject([
      { healthy: true },
    ]);
    expect(rig.told).toEqual([instance.id]);
  });

  it('of an app without checks is unknown and counted nowhere', async () => {
    const instance = rig.run(appOf());
    await rig.pass(10_000);
    expect(rig.health.healthOf(instance)).toBeUndefined();
    expect(rig.health.countsOf(instance.app.id)).toEqual({ healthy: 0, unhealthy: 0 });
    expect(rig.events).toEqual([]);
  });

  it('a failure within the grace period makes a task unhealthy without being told as a failure', async () => {
    service.answer = failing;
    const instance = rig.run(appOf({ healthChecks: [httpCheck({ gracePeriodSeconds: 300 })] }));
    await rig.pass(100_000);
    expect(rig.health.results(instance.id)).toEqual([{ alive: false, consecutiveFailures: 0 }]);
    expect(rig.health.countsOf(instance.app.id)).toEqual({ healthy: 0, unhealthy: 1 });
    expect(rig.eventsOf('failed_health_check_event', 'health_status_changed_event')).toEqual([]);
    expect(rig.kills).toEqual([]);
  });

  it('the grace period is counted from Running, not from staging', async () => {
    service.answer = failing;
    const app = appOf({ healthChecks: [httpCheck({ gracePeriodSeconds: 10 })] });
    rig.turn(instanceOf(app), 'Staging');
    await rig.pass(60_000);
    rig.run(app);
    await rig.pass(9_500);
    expect(rig.eventsOf('failed_health_check_event')).toEqual([]);
    await rig.pass(2_000);
    expect(rig.eventsOf('failed_health_check_event').length).toBe(2);
  });

  it('of a task that is not probed for being unreachable stays what it was, and nobody is killed', async () => {
    const instance = rig.run(appOf({ healthChecks: [httpCheck({ gracePeriodSeconds: 5 })] }));
    await rig.pass(1_500);
    service.answer = failing;
    const lost = rig.turn(instance, 'Unreachable');
    await rig.pass(20_000);
    expect(rig.health.healthOf(lost)).toBe(true);
    rig.turn(lost, 'Running', { activeSinceMs: instance.activeSinceMs ?? 0 });
    await rig.pass(3_500);
    expect(rig.health.results(instance.id)[0]).toMatchObject({ alive: false, consecutiveFailures: 3 });
    expect(rig.kills).toEqual([]);
  });

  it('ends with the incarnation: the next one begins without results', async () => {
    const app = appOf({ healthChecks: [httpCheck()] });
    const first = rig.run(app);
    await rig.pass(1_500);
    expect(rig.health.healthOf(first)).toBe(true);
    const ended = rig.turn(first, 'Failed');
    expect(rig.health.results(first.id)).toEqual([]);
    expect(rig.health.healthOf(ended)).toBeUndefined();
    expect(rig.health.countsOf(app.id)).toEqual({ healthy: 0, unhealthy: 0 });
    expect(rig.told).toEqual([first.id, first.id]);
    const second = rig.run(app, { incarnation: 2 });
    expect(rig.health.healthOf(second)).toBeUndefined();
    await rig.pass(1_500);
    expect(rig.health.healthOf(second)).toBe(true);
    expect(rig.health.healthOf(first)).toBeUndefined();
    rig.instances.expunge(first.id);
    expect(rig.health.results(first.id)).toEqual([]);
  });

  it('an answer that comes after its task ended is nothing', async () => {
    service.takesMs = 900;
    const instance = rig.run(appOf({ healthChecks: [httpCheck()] }));
    await rig.pass(1_300);
    rig.turn(instance, 'Killed');
    await rig.pass(5_000);
    expect(rig.health.results(instance.id)).toEqual([]);
    expect(rig.eventsOf('health_status_changed_event')).toEqual([]);
  });

  it('is found out anew for the tasks that run already when Marathon starts, their grace long over', async () => {
    const app = appOf({ healthChecks: [httpCheck({ gracePeriodSeconds: 10 })] });
    rig = await HealthRig.start(256, ({ instances, nowMs }) => {
      instances.put(instanceOf(app, { sinceMs: nowMs - 1_000, activeSinceMs: nowMs - 60_000 }));
    });
    new FakeService(rig.simulation).answer = failing;
    await rig.pass(1_500);
    expect(rig.eventsOf('failed_health_check_event').length).toBe(1);
  });

  it('nothing is asked after the end of the leadership', async () => {
    rig.run(appOf({ healthChecks: [httpCheck()] }));
    await rig.pass(1_500);
    rig.health.stop();
    await rig.pass(5_000);
    expect(service.requests.length).toBe(1);
  });
});

describe('a task that fails too often', () => {
  it('is killed at the fourth failure with max 3, once, and why is kept', async () => {
    service.answer = failing;
    const instance = rig.run(appOf({ healthChecks: [httpCheck()] }));
    await rig.pass(3_500);
    expect(rig.kills).toEqual([]);
    expect(rig.health.results(instance.id)[0]?.consecutiveFailures).toBe(3);
    await rig.pass(5_000);
    expect(rig.kills).toEqual([{ ids: [instance.id], reason: 'unhealthy' }]);
    expect(rig.eventsOf('unhealthy_instance_kill_event').length).toBe(1);
    expect(rig.failures).toEqual([
      {
        appId: '/web',
        taskId: instance.task?.id,
        state: 'TASK_KILLED',
        message: 'Task was killed since health check failed. Reason: 500 Internal Server Error',
        host: AGENT_ADDRESS,
        slaveId: 'agent-1',
        version: instance.app.version,
        timestamp: expect.stringMatching(/Z$/),
      },
    ]);
    expect(Date.parse(rig.failures[0]?.timestamp ?? timestamp(0))).toBeLessThanOrEqual(rig.nowMs);
  });

  it('is judged anew in its next incarnation', async () => {
    service.answer = failing;
    const app = appOf({ healthChecks: [httpCheck()] });
    const instance = rig.run(app);
    await rig.pass(4_500);
    rig.turn(instance, 'Killed');
    rig.run(app, { incarnation: 2 });
    await rig.pass(3_500);
    expect(rig.kills.length).toBe(1);
    await rig.pass(1_000);
    expect(rig.kills.length).toBe(2);
  });

  it('is never killed with max 0', async () => {
    service.answer = failing;
    const instance = rig.run(appOf({ healthChecks: [httpCheck({ maxConsecutiveFailures: 0 })] }));
    await rig.pass(20_500);
    expect(rig.kills).toEqual([]);
    expect(rig.health.healthOf(instance)).toBe(false);
  });

  it('tells of each failure, and of each change of its health', async () => {
    rig.run(appOf({ healthChecks: [httpCheck()] }));
    await rig.pass(1_500);
    service.answer = failing;
    await rig.pass(2_000);
    expect(rig.eventsOf()).toEqual([
      'add_health_check_event',
      'health_status_changed_event',
      'instance_health_changed_event',
      'failed_health_check_event',
      'health_status_changed_event',
      'instance_health_changed_event',
      'failed_health_check_event',
    ]);
  });
});

describe('checks that the agent runs', () => {
  it('have a result when the agent reports, and are not probed', async () => {
    const instance = rig.run(appOf({ healthChecks: [commandCheck()] }));
    await rig.pass(10_000);
    expect(service.requests).toEqual([]);
    expect(rig.health.results(instance.id)).toEqual([]);
    rig.report(instance, true);
    expect(rig.health.healthOf(instance)).toBe(true);
    expect(rig.health.results(instance.id)).toMatchObject([{ alive: true, consecutiveFailures: 0 }]);
    rig.report(instance, false, { message: 'no' });
    expect(rig.health.results(instance.id)).toMatchObject([
      { alive: false, consecutiveFailures: 1, lastFailureCause: 'no' },
    ]);
    expect(rig.events.filter(({ type }) => type === 'health_status_changed_event')).toMatchObject([
      { alive: true },
      { alive: false },
    ]);
  });

  it('are told with the status that says the task runs', async () => {
    const app = appOf({ healthChecks: [commandCheck()] });
    const instance = instanceOf(app);
    if (instance.task?.status === undefined) throw new Error('no status');
    const task = { ...instance.task, status: { ...instance.task.status, healthy: true } };
    rig.turn({ ...instance, task }, 'Running', { healthy: true });
    expect(rig.health.healthOf(instance)).toBe(true);
  });

  it('lead to no kill of ours at the limit, where the agent kills, but beyond it', async () => {
    const instance = rig.run(appOf({ healthChecks: [commandCheck()] }));
    for (let i = 0; i < 3; i++) rig.report(instance, false);
    expect(rig.kills).toEqual([]);
    rig.report(instance, false);
    expect(rig.kills.length).toBe(1);
  });

  it('do not fail again because a reconciliation repeats the last status', async () => {
    const instance = rig.run(appOf({ healthChecks: [commandCheck()] }));
    rig.report(instance, false);
    for (let i = 0; i < 9; i++) rig.report(instance, false, { reason: 'REASON_RECONCILIATION' });
    expect(rig.health.results(instance.id)).toMatchObject([{ consecutiveFailures: 1 }]);
    expect(rig.kills).toEqual([]);
    rig.report(instance, true, { reason: 'REASON_RECONCILIATION' });
    expect(rig.health.healthOf(instance)).toBe(true);
  });

  it('stand beside those of Marathon: health is what both say', async () => {
    const instance = rig.run(appOf({ healthChecks: [httpCheck(), commandCheck()] }));
    await rig.pass(1_500);
    expect(rig.health.healthOf(instance)).toBeUndefined();
    rig.report(instance, false);
    expect(rig.health.healthOf(instance)).toBe(false);
    expect(rig.health.countsOf(instance.app.id)).toEqual({ healthy: 0, unhealthy: 1 });
    rig.report(instance, true);
    expect(rig.health.healthOf(instance)).toBe(true);
  });
});

describe('definitions of checks', () => {
  it('are told when a version gets its first instance, and when it loses its last', () => {
    const old = appOf({ healthChecks: [httpCheck(), commandCheck()] });
    const first = rig.turn(instanceOf(old, { n: 1 }), 'Scheduled');
    rig.turn(instanceOf(old, { n: 2 }), 'Scheduled');
    expect(rig.eventsOf()).toEqual(['add_health_check_event', 'add_health_check_event']);
    rig.events.length = 0;
    rig.turn({ ...first, app: { ...old, version: V2 } }, 'Scheduled');
    expect(rig.events).toMatchObject([
      { type: 'add_health_check_event', version: V2, healthCheck: { protocol: 'HTTP' } },
      { type: 'add_health_check_event', version: V2, healthCheck: { protocol: 'COMMAND' } },
    ]);
    rig.events.length = 0;
    rig.instances.expunge(instanceOf(old, { n: 2 }).id);
    expect(rig.eventsOf()).toEqual(['remove_health_check_event', 'remove_health_check_event']);
  });
});
