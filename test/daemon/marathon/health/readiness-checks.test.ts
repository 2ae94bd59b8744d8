import { beforeEach, describe, expect, it } from 'vitest';
import { ReadinessChecks } from '../../../../src/daemon/marathon/health/readiness-checks.ts';
import { appOf, FakeService, HealthRig, instanceOf, readinessCheck } from './support.ts';

let rig: HealthRig;
let service: FakeService;
let readiness: ReadinessChecks;
let ready: string[];

beforeEach(async () => {
  rig = await HealthRig.start();
  service = new FakeService(rig.simulation);
  service.answer = { status: 503 };
  readiness = new ReadinessChecks({ world: rig.process.world, instances: rig.instances });
  readiness.start();
  ready = [];
  await rig.pass(10);
});

const app = appOf({ readinessChecks: [readinessCheck()] });
const preserving = appOf({ readinessChecks: [readinessCheck({ preserveLastResponse: true })] });
const watch = (id: string) => readiness.watch(id as never, () => ready.push(id));

describe('readiness', () => {
  it('is asked for right when the task runs, then at the interval, until the first good answer', async () => {
    const staging = rig.turn(instanceOf(app), 'Staging');
    watch(staging.id);
    await rig.pass(40_000);
    expect(service.requests).toEqual([]);
    const startMs = rig.simulation.nowMs;
    rig.turn(staging, 'Running');
    await rig.pass(61_000);
    expect(service.requests.map(({ atMs }) => Math.round((atMs - startMs) / 1000))).toEqual([0, 30, 60]);
    expect(service.requests[0]?.target).toBe('/ready');
    expect(ready).toEqual([]);
    expect(readiness.results(app.id)).toEqual([{ name: 'ready', taskId: staging.task?.id, ready: false }]);
    service.answer = { status: 200 };
    await rig.pass(300_000);
    expect(service.requests.length).toBe(4);
    expect(ready).toEqual([staging.id]);
    expect(readiness.results(app.id)).toEqual([{ name: 'ready', taskId: staging.task?.id, ready: true }]);
  });

  it('is what the statuses of the definition say, and nothing else', async () => {
    service.answer = { status: 200 };
    const odd = appOf({ readinessChecks: [readinessCheck({ httpStatusCodesForReady: [418] })] });
    const instance = rig.run(odd);
    watch(instance.id);
    await rig.pass(1_000);
    expect(ready).toEqual([]);
    service.answer = { status: 418 };
    await rig.pass(30_000);
    expect(ready).toEqual([instance.id]);
  });

  it('shows the last answer where that is wished', async () => {
    service.answer = { status: 503, headers: { 'content-type': 'text/x' }, body: 'warming up' };
    watch(rig.run(preserving).id);
    await rig.pass(1_000);
    expect(readiness.results(app.id)).toMatchObject([
      { ready: false, lastResponse: { status: 503, contentType: 'text/x', body: 'warming up' } },
    ]);
  });

  it('of a task that cannot be asked is an answer 504 that says so', async () => {
    const instance = instanceOf(preserving);
    if (instance.task === undefined) throw new Error('no task');
    watch(rig.turn({ ...instance, task: { ...instance.task, hostPorts: [9] } }, 'Running').id);
    await rig.pass(1_000);
    expect(readiness.results(app.id)[0]?.lastResponse).toEqual({
      status: 504,
      contentType: 'text/plain',
      body: expect.stringMatching(/^Marathon could not query http:\/\/10\.0\.0\.9:9\/ready: .*connection refused$/),
    });
  });

  it('begins anew with the next incarnation', async () => {
    const instance = rig.run(app);
    watch(instance.id);
    await rig.pass(1_000);
    rig.turn(instance, 'Failed');
    await rig.pass(60_000);
    expect(service.requests.length).toBe(1);
    service.answer = { status: 200 };
    const again = rig.run(app, { incarnation: 2 });
    expect(readiness.results(app.id)).toEqual([]);
    await rig.pass(1_000);
    expect(readiness.results(app.id)).toEqual([{ name: 'ready', taskId: again.task?.id, ready: true }]);
    expect(ready).toEqual([instance.id]);
  });

  it('is forgotten when the watch ends, and when the instance is gone', async () => {
    const instance = rig.run(app);
    const stop = watch(instance.id);
    await rig.pass(1_000);
    stop();
    await rig.pass(60_000);
    expect(service.requests.length).toBe(1);
    expect(readiness.results(app.id)).toEqual([]);
    watch(instance.id);
    await rig.pass(1_000);
    expect(readiness.results(app.id).length).toBe(1);
    rig.instances.expunge(instance.id);
    await rig.pass(60_000);
    expect(service.requests.length).toBe(2);
    expect(readiness.results(app.id)).toEqual([]);
  });

  it('of an app without checks is there when the task runs', async () => {
    const instance = rig.turn(instanceOf(appOf()), 'Staging');
    watch(instance.id);
    await rig.pass(1_000);
    expect(ready).toEqual([]);
    rig.turn(instance, 'Running');
    expect(ready).toEqual([]);
    await rig.pass(1);
    expect(ready).toEqual([instance.id]);
    expect(readiness.results(app.id)).toEqual([]);
  });
});
