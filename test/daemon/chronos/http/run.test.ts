// Starting, ending and following runs over the API, and what is ours (chronos.md 8.7–8.16, 8.28, 17.7).
import { describe, expect, test } from 'vitest';
import { FakeChronos, START_MS } from './support/fake-core.ts';

const HOURLY = {
  name: 'A',
  command: 'true',
  schedule: 'R/2026-02-01T01:00:00/PT1H',
  scheduleTimeZone: 'Europe/Berlin',
};

async function one(change: object = {}): Promise<FakeChronos> {
  const chronos = new FakeChronos();
  await chronos.store({ ...HOURLY, ...change });
  return chronos;
}

describe('Over the API', () => {
  test('a job is started with its arguments, and not twice while it is queued', async () => {
    const chronos = await one();
    expect((await chronos.ask('PUT', '/v1/scheduler/job/A?arguments=--day%202')).status).toBe(204);
    expect(chronos.told).toEqual(['start A --day 2']);
    expect((await chronos.ask('PUT', '/scheduler/job/A')).status).toBe(409);
  });

  test('a job is marked, killed and removed', async () => {
    const chronos = await one();
    expect((await chronos.ask('PUT', '/scheduler/job/success/A')).text).toBe('marked job A as successful: true');
    expect((await chronos.ask('DELETE', '/scheduler/task/kill/A')).status).toBe(204);
    await chronos.store({ name: 'B', parents: ['A'] }, 'dependency');
    expect((await chronos.ask('DELETE', '/scheduler/job/A?children=refuse')).status).toBe(409);
    expect((await chronos.ask('DELETE', '/scheduler/job/A?children=drop')).status).toBe(400);
    expect((await chronos.ask('DELETE', '/scheduler/job/A')).status).toBe(204);
    expect([...chronos.jobs.keys()]).toEqual(['B']);
  });

  test('the end of an async run is reported by its task id, whatever is in that', async () => {
    const chronos = await one();
    const task = encodeURIComponent('ct:1428515194358:0:A:-f /tmp/a b');
    expect((await chronos.ask('PUT', `/scheduler/task/${task}`, { statusCode: 0 })).status).toBe(204);
    expect((await chronos.ask('PUT', `/scheduler/task/${task}`, { statusCode: '1' })).status).toBe(204);
    expect((await chronos.ask('PUT', `/scheduler/task/${task}`, {})).status).toBe(400);
    expect(chronos.told).toEqual([
      'report ct:1428515194358:0:A:-f /tmp/a b 0',
      'report ct:1428515194358:0:A:-f /tmp/a b 1',
    ]);
  });

  test('elements are counted of data jobs alone, and never down', async () => {
    const chronos = await one({ dataProcessingJobType: true });
    await chronos.store({ ...HOURLY, name: 'plain' });
    chronos.addRun('A', { state: 'running', taskId: 'ct:1:0:A:' });
    const post = async (job: string, task: string, count: unknown) =>
      (
        await chronos.ask('POST', `/v1/scheduler/job/${job}/task/${encodeURIComponent(task)}/progress`, {
          numAdditionalElementsProcessed: count,
        })
      ).status;
    expect(await post('A', 'ct:1:0:A:', 5)).toBe(204);
    expect(await post('A', 'ct:1:0:A:', -5)).toBe(400);
    expect(await post('A', 'ct:2:0:A:', 5)).toBe(400);
    expect(await post('plain', 'ct:1:0:A:', 5)).toBe(400);
    expect(chronos.told).toEqual(['progress ct:1:0:A: 5']);
  });

  test('only what waits is purged', async () => {
    const chronos = await one();
    expect((await chronos.ask('DELETE', '/scheduler/task/all')).status).toBe(204);
    expect(chronos.told).toEqual(['purge']);
  });
});

describe('What is ours', () => {
  test('shows runs newest first, those under way before, page by page', async () => {
    const chronos = await one();
    chronos.addHistory('A', {
      result: 'failure',
      endedMs: START_MS + 1,
      message: 'exit 1',
      agentHost: 'h',
      sandbox: '/s',
    });
    chronos.addHistory('A', { result: 'missed', endedMs: START_MS + 2, count: 3, lastDueMs: START_MS + 1 });
    chronos.addRun('A', { state: 'running', startedMs: START_MS });
    const { runs } = (await chronos.ask('GET', '/mctl/v1/jobs/A/runs?limit=2')).json;
    expect(runs.map(({ state }: { state: string }) => state)).toEqual(['running', 'missed']);
    expect(runs[1]).toMatchObject({ count: 3, lastDue: '2026-02-01T00:00:00.001Z', taskId: null });
    const next = await chronos.ask('GET', `/v1/scheduler/job/A/runs?before=${runs[1].end}`);
    expect(next.json.runs).toMatchObject([{ state: 'failure', message: 'exit 1', agentHost: 'h', sandbox: '/s' }]);
    expect((await chronos.ask('GET', '/mctl/v1/jobs/A/runs?before=x')).status).toBe(400);
  });

  test('shows what comes, in the time of the job, across a change of clocks', async () => {
    const chronos = new FakeChronos();
    await chronos.store({ ...HOURLY, schedule: 'R3/2026-03-28T02:30:00/P1D' });
    const { runs } = (await chronos.ask('GET', '/mctl/v1/jobs/A/next')).json;
    expect(runs.map(({ due, local }: { due: string; local: string }) => `${due} ${local}`)).toEqual([
      '2026-03-28T01:30:00.000Z 2026-03-28T02:30:00.000+01:00',
      '2026-03-29T01:30:00.000Z 2026-03-29T03:30:00.000+02:00',
      '2026-03-30T00:30:00.000Z 2026-03-30T02:30:00.000+02:00',
    ]);
    await chronos.store({ ...HOURLY, name: 'early', schedule: 'R/2026-03-28T01:00:00Z/PT30M', scheduleTimeZone: '' });
    const all = (await chronos.ask('GET', '/mctl/v1/next?n=3')).json.runs;
    expect(all.map(({ job, due }: { job: string; due: string }) => `${job} ${due.slice(11, 16)}`)).toEqual([
      'early 01:00',
      'A 01:30',
      'early 01:30',
    ]);
  });

  test('validates a schedule without a job', async () => {
    const chronos = new FakeChronos();
    const ask = (schedule: string) => chronos.ask('POST', '/v1/scheduler/validate', { schedule });
    const { runs } = (await ask('cron: 0 2 * * 1-5')).json;
    expect(runs).toHaveLength(10);
    expect(runs[0].due).toBe('2026-02-02T02:00:00.000Z');
    const past = (await ask('R/2020-01-01T00:00:00Z/P1D')).json.runs;
    expect(past[0].due).toBe('2026-02-01T00:00:00.000Z');
    expect((await ask('R9')).json.message).toContain("Cannot parse schedule 'R9'");
  });

  test('says why a job does not run', async () => {
    const chronos = await one();
    await chronos.store({ name: 'B', parents: ['A'] }, 'dependency');
    const why = async (job: string): Promise<string> => {
      const { reasons } = (await chronos.ask('GET', `/mctl/v1/jobs/${job}/why`)).json;
      return reasons.map(({ kind }: { kind: string }) => kind).join();
    };
    expect(await why('A')).toBe('time');
    expect(await why('B')).toBe('parents');
    await chronos.ask('PUT', '/mctl/v1/jobs/B', { disabled: true });
    expect(await why('B')).toBe('disabled');
    chronos.addRun('A');
    expect(await why('A')).toBe('queued,time');
    chronos.unplaceable.set('A', 'no agent has 100 cpus');
    chronos.isSubscribed = false;
    expect(await why('A')).toBe('no-master,unplaceable,time');
    chronos.change('A', { next: undefined });
    expect(await why('A')).toContain('exhausted');
  });

  test('switches a job without touching anything else of it', async () => {
    const chronos = await one();
    const before = chronos.jobs.get('A')?.definition;
    const { json } = await chronos.ask('PUT', '/mctl/v1/jobs/A', { disabled: true });
    expect(json).toMatchObject({ name: 'A', disabled: true, children: [], nextRun: null });
    expect(chronos.jobs.get('A')).toMatchObject({ isDisabled: true, definition: before });
    expect((await chronos.ask('PUT', '/mctl/v1/jobs/A', {})).status).toBe(400);
  });

  test('tells which run was started, and how many were killed', async () => {
    const chronos = await one();
    const started = await chronos.ask('POST', '/mctl/v1/jobs/A/run?arguments=x');
    expect([started.status, started.json]).toMatchObject([201, { number: 1, cause: 'manual', arguments: 'x' }]);
    expect((await chronos.ask('POST', '/mctl/v1/jobs/A/kill')).json).toEqual({ killed: 1 });
  });

  test('is healthy while a master is connected and the store takes what is written', async () => {
    const chronos = await one();
    expect((await chronos.ask('GET', '/v1/scheduler/health')).json).toMatchObject({ healthy: true, registered: true });
    chronos.flush = new Promise(() => undefined);
    const asked = chronos.ask('GET', '/mctl/v1/health');
    await chronos.clock.advance(1000);
    const { status, json } = await asked;
    expect([status, json]).toMatchObject([503, { healthy: false, store: false }]);
  });
});
