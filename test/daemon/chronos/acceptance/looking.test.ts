// What people look into besides the API proper, on a whole simulated cluster: the files of runs (chronos.md 10.9), notices with their links
// (12.10), metrics of the leader and of those that are not (15.2, 15.4).
import { expect, test } from 'vitest';
import { Scene } from './support/scene.ts';

test('each run has the address of its files, under way and when it is over, and of two attempts each its own; notices have it too', async () => {
  const scene = await Scene.start({ candidates: 2, flags: ['--failure_retry=100'] });
  await scene.store({
    name: 'bad',
    command: 'echo here; sleep 2; false',
    retries: 1,
    schedule: `R1/${scene.at(2000)}/PT1M`,
  });
  await scene.until(() => scene.tasks('bad').length === 1);
  await scene.pass(1000);
  const [underWay] = await scene.runs('bad');
  expect(underWay).toMatchObject({ state: 'running', sandbox: expect.stringMatching(/^http:\/\/10\.0\.1\.1:5051\//) });
  await scene.until(() => scene.told.length > 0);
  const over = await scene.runs('bad');
  expect(over.map(({ state }) => state)).toEqual(['failure', 'failure']);
  expect(new Set(over.map(({ sandbox }) => sandbox)).size).toBe(2);
  expect(over[1]?.sandbox).toBe(underWay?.sandbox);
  for (const { sandbox } of over) {
    const path = new URL(sandbox).searchParams.get('path') ?? '';
    // The very container, not whichever of the executor is the newest.
    expect(path).toMatch(/^\/var\/lib\/agent\/slaves\/.+\/frameworks\/.+\/executors\/ct:.+:bad:\/runs\/[0-9a-f-]{36}$/);
    const { status, json } = await scene.get(sandbox);
    expect(status).toBe(200);
    expect(json.map((file: { path: string }) => file.path)).toContain(`${path}/stdout`);
  }
  const { message = '' } = scene.told.find(({ subject }) => subject.includes('failed')) ?? {};
  expect(message).toContain(`Files: ${over[0]?.sandbox}`);
  // Without --webui_url it is where the API is.
  expect(message).toContain(`Runs: ${scene.leader?.url}/v1/scheduler/job/bad/runs`);
});

test('only the leader says that it leads; it counts runs, notices and requests', async () => {
  const scene = await Scene.start({ candidates: 2 });
  await scene.store({ name: 'bad', command: 'false', retries: 0, schedule: `R1/${scene.at(1000)}/PT1M` });
  await scene.store({ name: 'good', command: 'sleep 1', schedule: `R1/${scene.at(1000)}/PT1M` });
  await scene.until(() => scene.told.length > 2);
  await scene.pass(1000);
  const standby = scene.all.find((one) => one !== scene.leader);
  const prometheus = async (whom = scene.leader) =>
    (await scene.ask('GET', '/metrics/prometheus', undefined, whom)).text;
  expect(await prometheus(standby)).toBe('# TYPE chronos_leader gauge\nchronos_leader 0\n');
  const lines = (await prometheus()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'chronos_leader 1',
      'chronos_runs_total{job="bad",result="failure"} 1',
      'chronos_notices_total{channel="http",result="sent"} 3',
      'chronos_notices_total{channel="http",result="dropped"} 0',
      'chronos_http_request_seconds_count{method="POST",route="/v1/scheduler/iso8601"} 2',
    ]),
  );
  const document = (await scene.ask('GET', '/metrics', undefined, standby)).json;
  expect(document.timers['chronos.http.POST /v1/scheduler/iso8601']).toMatchObject({
    count: 2,
    rate_units: 'calls/second',
  });
  expect(document.counters['chronos.notices.http.sent']).toEqual({ count: 3 });
  const times = document.histograms['jobs.run.time.good'];
  expect(times).toMatchObject({ count: 1, stddev: 0, p50: times.max, p999: times.max });
  expect(times.max).toBeGreaterThanOrEqual(1000);
  expect(document.histograms).not.toHaveProperty('jobs.run.time.bad');
  expect(document.counters['jobs.run.failure.bad']).toEqual({ count: 1 });
  expect(document.gauges['org.apache.mesos.chronos.scheduler.jobs.TaskManager.queueSize']).toEqual({ value: 0 });
});

test('while ZooKeeper is away jobs can be read as they were, and say so; nothing can be changed', async () => {
  const scene = await Scene.start();
  await scene.store({ name: 'A', command: 'true', schedule: 'R/2100-01-01T00:00:00Z/P1D' });
  const leader = scene.leader;
  const get = (path: string) => scene.ask('GET', path, undefined, leader);
  expect((await get('/v1/scheduler/jobs')).headers).not.toHaveProperty('warning');
  scene.ensemble.stall(60_000);
  for (const afterMs of [5_000, 15_000]) {
    // First it is not certain to lead any more, then it does not.
    await scene.pass(afterMs);
    const jobs = await get('/v1/scheduler/jobs');
    expect([jobs.status, jobs.headers.warning, jobs.json.length]).toEqual([200, '110 - "Response is Stale"', 1]);
    expect((await get('/mctl/v1/jobs/A')).json).toMatchObject({ name: 'A' });
    for (const path of ['/v1/scheduler/leader', '/mctl/v1/jobs/A/runs'])
      expect((await get(path)).status).toBeGreaterThanOrEqual(502);
    expect((await scene.ask('PUT', '/v1/scheduler/job/A', undefined, leader)).status).toBeGreaterThanOrEqual(502);
  }
  await scene.until(() => scene.leader !== undefined);
  expect((await get('/v1/scheduler/jobs')).headers).not.toHaveProperty('warning');
});

test('what was known ten minutes ago is not told any more', async () => {
  const scene = await Scene.start();
  await scene.store({ name: 'A', command: 'true', schedule: 'R/2100-01-01T00:00:00Z/P1D' });
  const leader = scene.leader;
  scene.ensemble.stall(3_600_000);
  await scene.pass(9 * 60_000);
  expect((await scene.ask('GET', '/scheduler/jobs', undefined, leader)).status).toBe(200);
  await scene.pass(2 * 60_000);
  expect((await scene.ask('GET', '/scheduler/jobs', undefined, leader)).status).toBe(502);
});
