import { describe, expect, test } from 'vitest';
import { ChronosClient } from '../../../src/client/chronos.ts';
import { MarathonClient } from '../../../src/client/marathon.ts';
import { MasterClient } from '../../../src/client/operator.ts';
import { change } from '../../../src/tui/effects/changes.ts';
import { LoadedDetails } from '../../../src/tui/effects/details.ts';
import type { Outside } from '../../../src/tui/effects/outside.ts';
import { jobLog } from '../../../src/tui/view/job-log.ts';
import { type ClientRequest, type ClientResponse, type Net, NetError } from '../../../src/world/net.ts';
import { VirtualClock } from '../../daemon/marathon/support/virtual-clock.ts';
import { someCluster } from '../ui/person.ts';
import { NOW, task } from '../view/rows.ts';

type Answer = { readonly status: number; readonly body?: unknown } | Error;

/** A net that answers by method and path, and remembers what it was asked. */
function outside(answers: Readonly<Record<string, Answer>>, hasMarathon = true, hasChronos = true) {
  const asked: string[] = [];
  const net = {
    async request({ method, url, body }: ClientRequest): Promise<ClientResponse> {
      const path = url.replace(/^http:\/\/[^/]+/, '');
      asked.push(`${method} ${path}${body === undefined ? '' : ` ${String(body)}`}`);
      const answer = answers[`${method} ${path}`] ?? { status: 404 };
      if (answer instanceof Error) throw answer;
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
      return { status: answer.status, headers: {}, body: Buffer.from(text) };
    },
  } as unknown as Net;
  const view = someCluster();
  const master = new MasterClient({ net, addresses: ['m:5050'] });
  const client = new MarathonClient({ net, addresses: ['m:8080'] });
  const clock = new VirtualClock(NOW);
  const jobs = new ChronosClient({ net, addresses: ['c:4400'] });
  const made: Outside = {
    view,
    net,
    clock,
    master,
    marathon: () => (hasMarathon ? client : undefined),
    chronos: () => (hasChronos ? jobs : undefined),
  };
  return { made, asked, view, clock };
}

const INFO = { 'GET /v2/info': { status: 200, body: { frameworkId: 'mara', marathon_config: {} } } };

describe('a kill', () => {
  test('goes to Marathon for its own tasks and to the master for all others', async () => {
    const { made, asked, view } = outside({
      ...INFO,
      'POST /v2/tasks/delete?scale=false': { status: 200, body: {} },
      'POST /mctl/v1/tasks/kill': { status: 202 },
    });
    view.putTask(task('mara', 'web.1', 'a1'));
    const said = await change(made, { kind: 'kill-tasks', keys: ['mara/web.1', 'f1/t00'] });
    expect(said).toEqual({ tone: 'good', text: '2 tasks told to end.' });
    expect(asked.filter((one) => one.startsWith('POST')).sort()).toEqual([
      'POST /mctl/v1/tasks/kill {"framework_id":"f1","task_id":"t00"}',
      'POST /v2/tasks/delete?scale=false {"ids":["web.1"]}',
    ]);
  });

  test('that a foreign master cannot do says so', async () => {
    const { made } = outside({ 'POST /mctl/v1/tasks/kill': { status: 404, body: 'Not Found' } }, false);
    const said = await change(made, { kind: 'kill-tasks', keys: ['f1/t00'] });
    expect(said).toEqual({ tone: 'bad', text: 'This master lets only the framework of a task kill it.' });
  });

  test('of what is gone already is none', async () => {
    const { made, asked } = outside({}, false);
    expect((await change(made, { kind: 'kill-tasks', keys: ['f1/gone'] })).tone).toBe('warn');
    expect(asked).toEqual([]);
  });
});

describe('other changes', () => {
  test('scale one app, and say what Marathon says against it', async () => {
    const path = 'PUT /v2/apps/shop/web?partialUpdate=true';
    const { made, asked } = outside({ [path]: { status: 200, body: { version: 'v', deploymentId: 'd' } } });
    const scale = { kind: 'scale-app', appId: '/shop/web', instances: 3 } as const;
    expect(await change(made, scale)).toEqual({ tone: 'good', text: '/shop/web is being scaled to 3.' });
    expect(asked).toEqual([`${path} {"instances":3}`]);
    const locked = outside({ [path]: { status: 409, body: { message: 'App is locked', deployments: [{ id: 'd' }] } } });
    expect(await change(locked.made, scale)).toEqual({ tone: 'bad', text: 'Marathon: App is locked.' });
    const none = outside({}, false);
    expect((await change(none.made, scale)).text).toBe('no Marathon is known in this cluster.');
  });

  test('drain an agent where the master can, and say so where it cannot', async () => {
    const drain = { kind: 'drain-agents', agentIds: ['a1'] } as const;
    const can = outside({ 'POST /api/v1': { status: 202, body: '' } });
    expect(await change(can.made, drain)).toEqual({ tone: 'good', text: '1 agent being drained.' });
    const cannot = outside({ 'POST /api/v1': { status: 501 } });
    expect(await change(cannot.made, drain)).toEqual({ tone: 'bad', text: 'This master cannot drain agents.' });
  });

  test('of several that fail some are counted, with the first reason', async () => {
    const { made } = outside({
      'POST /v2/apps/a/restart': { status: 200, body: { version: 'v', deploymentId: 'd' } },
      'POST /v2/apps/b/restart': { status: 404, body: { message: "App '/b' does not exist" } },
    });
    const said = await change(made, { kind: 'restart-apps', appIds: ['/a', '/b'] });
    expect(said).toEqual({ tone: 'bad', text: "1 app of 2 not: Marathon: App '/b' does not exist." });
  });
});

describe('what is done with jobs', () => {
  const RUN = {
    number: 1,
    taskId: null,
    cause: 'manual',
    due: '',
    attempt: 0,
    state: 'queued',
    start: null,
    end: null,
  };
  const started = { status: 200, body: { ...RUN, agentHost: null } };

  test('goes to Chronos; of several that fail some are counted, with what it says', async () => {
    const { made, asked } = outside({
      'POST /mctl/v1/jobs/a%20b/run': started,
      'POST /mctl/v1/jobs/c/run': { status: 409, body: { status: 'Conflict', message: "job 'c' is queued already" } },
    });
    expect(await change(made, { kind: 'run-jobs', names: ['a b'] })).toEqual({ tone: 'good', text: '1 job started.' });
    expect(asked).toEqual(['POST /mctl/v1/jobs/a%20b/run']);
    expect(await change(made, { kind: 'run-jobs', names: ['a b', 'c'] })).toEqual({
      tone: 'bad',
      text: "1 job of 2 not: Chronos: job 'c' is queued already.",
    });
  });

  test('ends runs, and says when there were none', async () => {
    const { made } = outside({
      'POST /mctl/v1/jobs/a/kill': { status: 200, body: { killed: 2 } },
      'POST /mctl/v1/jobs/b/kill': { status: 200, body: { killed: 0 } },
    });
    expect(await change(made, { kind: 'kill-jobs', names: ['a', 'b'] })).toEqual({
      tone: 'good',
      text: '2 runs told to end.',
    });
    expect((await change(made, { kind: 'kill-jobs', names: ['b'] })).tone).toBe('warn');
  });

  test('switches them, where the Chronos can; the original and none at all are told as such', async () => {
    const job = { name: 'a', status: 'fresh', state: 'idle', nextRun: null, children: [], alive: [] };
    const { made, asked } = outside({ 'PUT /mctl/v1/jobs/a': { status: 200, body: job } });
    const disable = { kind: 'switch-jobs', names: ['a'], isDisabled: true } as const;
    expect(await change(made, disable)).toEqual({ tone: 'good', text: '1 job disabled.' });
    expect(asked).toEqual(['PUT /mctl/v1/jobs/a {"disabled":true}']);
    expect((await change(outside({}).made, disable)).text).toBe('This Chronos cannot do that.');
    expect((await change(outside({}, true, false).made, disable)).text).toBe('No Chronos is known in this cluster.');
    const away = outside({ 'PUT /mctl/v1/jobs/a': new NetError('refused', 'connection refused') });
    expect((await change(away.made, disable)).text).toMatch(/c:4400 cannot be reached\.$/);
  });
});

describe('details', () => {
  test('are loading, then there, and loaded again when it is time', async () => {
    const flags = { isolation: 'posix/cpu', work_dir: '/w' };
    const { made, asked, clock } = outside({
      'GET /state': { status: 200, body: { flags, start_time: NOW / 1000 - 60 } },
    });
    const details = new LoadedDetails(made);
    expect(details.of('agent', 'a1')).toBeUndefined();
    const loading = details.load('agent', 'a1');
    expect(details.of('agent', 'a1')).toEqual({ state: 'loading' });
    await loading;
    expect(details.of('agent', 'a1')).toMatchObject({
      state: 'there',
      facts: expect.arrayContaining([
        { name: 'isolation', text: 'posix/cpu' },
        { name: 'ping', text: 'answers in 1 ms' },
      ]),
    });
    await details.load('agent', 'a1');
    expect(asked).toHaveLength(1);
    await clock.advance(10_000);
    await details.load('agent', 'a1');
    expect(asked).toHaveLength(2);
  });

  test('that fail say why in a line, and what is no page of one thing asks nobody', async () => {
    const { made } = outside({ 'GET /state': new NetError('refused', 'connection refused\n    at somewhere') });
    const details = new LoadedDetails(made);
    await details.load('agent', 'a1');
    const detail = details.of('agent', 'a1');
    expect(detail).toMatchObject({ state: 'failed', why: expect.stringMatching(/^http:\/\/\S+ cannot be reached$/) });
    await details.load('agent', 'gone');
    expect(details.of('agent', 'gone')).toMatchObject({ why: 'the agent gone is not there any more' });
    await details.load('tasks', 'x');
    expect(details.of('tasks', 'x')).toBeUndefined();
  });

  test('of the last twenty pages are kept', async () => {
    const { made, view } = outside({});
    const details = new LoadedDetails(made);
    for (let index = 0; index < 25; index += 1) {
      view.putTask(task('f1', `x${index}`, 'gone'));
      await details.load('task', `f1/x${index}`);
    }
    expect(details.of('task', 'f1/x4')).toBeUndefined();
    expect(details.of('task', 'f1/x5')).toBeDefined();
  });
});

/** What an agent answers who is asked for a file. */
function read(text: string): Answer {
  const data = Buffer.from(text).toString('base64');
  return { status: 200, body: { type: 'READ_FILE', read_file: { data, size: text.length } } };
}

describe('the page of a job', () => {
  const OWN = {
    name: 'a',
    command: 'make',
    schedule: 'R/2027-01-15T02:00:00Z/P1D',
    originalSchedule: 'R/2026-01-15T02:00:00Z/P1D',
    retries: 2,
    cpus: 0.1,
    mem: 64,
    successCount: 3,
    lastSuccess: new Date(NOW - 60_000).toISOString(),
    errorCount: 2,
    errorsSinceLastSuccess: 2,
    status: 'failure',
    state: 'idle',
    nextRun: null,
    children: [],
    alive: [],
  };
  const RUN = {
    number: 7,
    taskId: 'ct:7',
    cause: 'schedule',
    due: '2027-01-14T02:00:00Z',
    attempt: 0,
    state: 'success',
    start: '2027-01-14T02:00:01Z',
    end: '2027-01-14T02:00:09Z',
    agentHost: 'one',
    sandbox: 'http://one:5051/files/browse?path=%2Fs%2Fruns%2Fx',
    message: '',
  };
  const FILES = { 'POST /api/v1': read('made\n') };

  test('has what Chronos tells of it, in words', async () => {
    const { made } = outside({
      'GET /mctl/v1/jobs/a': { status: 200, body: OWN },
      'GET /mctl/v1/jobs/a/why': { status: 200, body: { reasons: [{ kind: 'time', message: 'Not yet.' }] } },
      'GET /mctl/v1/jobs/a/next?n=3': {
        status: 200,
        body: { runs: [{ job: 'a', due: '2027-01-15T02:00:00Z', local: '2027-01-15T02:00:00Z' }] },
      },
      'GET /mctl/v1/jobs/a/runs?limit=20': { status: 200, body: { runs: [RUN] } },
    });
    const details = new LoadedDetails(made);
    await details.load('job', 'a');
    expect(details.of('job', 'a')).toMatchObject({
      state: 'there',
      facts: [
        { name: 'schedule', text: 'every day at 02:00 UTC' },
        { name: 'written', text: OWN.originalSchedule },
        { name: 'succeeded', text: '3 times, 1m00s ago' },
        { name: 'failed', text: '2 times, 2 in a row' },
        { name: 'wants', text: 'cpus 0.1, mem 64M' },
        { name: 'retries', text: '2' },
      ],
      sections: [
        { title: 'why', lines: ['Not yet.'] },
        { title: 'command', lines: ['make'] },
      ],
      job: { runs: [{ number: 7, startMs: Date.parse(RUN.start), taskId: 'ct:7' }], next: [{}] },
    });
  });

  test("of another's Chronos has the definition, and says nothing of runs", async () => {
    const { made } = outside({ 'GET /v1/scheduler/jobs': { status: 200, body: [{ ...OWN, name: 'a' }] } });
    const details = new LoadedDetails(made);
    await details.load('job', 'a');
    expect(details.of('job', 'a')).toMatchObject({ state: 'there', job: { next: [] } });
    expect(details.of('job', 'a')).not.toHaveProperty('job.runs.0');
  });

  test('has the logs of its runs, also of those whose tasks the master has forgotten', async () => {
    const runs = { status: 200, body: { runs: [{ ...RUN, taskId: null, number: 0 }, RUN] } };
    const { made } = outside({ 'GET /mctl/v1/jobs/a/runs?limit=100': runs, ...FILES });
    const details = new LoadedDetails(made);
    const log = async (subject: string) => {
      await details.load('logs', subject);
      return details.of('logs', subject);
    };
    expect(await log(jobLog('a'))).toMatchObject({
      facts: [{ name: 'of', text: 'a, run 7' }],
      sections: [{ title: 'stdout', lines: ['made'] }, { title: 'stderr' }],
    });
    expect(await log(jobLog('a', 'ct:6'))).toMatchObject({ state: 'failed', why: 'Chronos has forgotten that run' });
    expect(await log(jobLog('b'))).toMatchObject({ why: expect.stringContaining('the master knows no task of it') });
  });

  test('says why a run has no log', async () => {
    const never = { ...RUN, state: 'failure', start: null, sandbox: null, message: 'no such image' };
    const answers = { 'GET /mctl/v1/jobs/a/runs?limit=100': { status: 200, body: { runs: [never] } } };
    const details = new LoadedDetails(outside(answers).made);
    await details.load('logs', jobLog('a'));
    const why = 'run 7 of a ended as failure before its command began (no such image)';
    expect(details.of('logs', jobLog('a'))).toMatchObject({ why });
    const gone = new LoadedDetails(
      outside({ 'GET /mctl/v1/jobs/a/runs?limit=100': { status: 200, body: { runs: [RUN] } } }).made,
    );
    await gone.load('logs', jobLog('a'));
    expect(gone.of('logs', jobLog('a'))).toMatchObject({
      why: expect.stringMatching(/no such files, not yet or not any more/),
    });
  });
});

describe('a task that the master has forgotten', () => {
  test('has its sandbox and its log still, for whoever has looked at it', async () => {
    const path = '/frameworks/f1/executors/t00/runs/latest';
    const { made, view, clock } = outside({
      [`GET /files/browse?path=${encodeURIComponent(path)}`]: { status: 200, body: [] },
      'POST /api/v1': read('bye\n'),
    });
    const details = new LoadedDetails(made);
    await details.load('task', 'f1/t00');
    view.replaceTasks([]);
    await clock.advance(10_000);
    await details.load('task', 'f1/t00');
    expect(details.of('task', 'f1/t00')).toMatchObject({ state: 'there', facts: [{ name: 'sandbox' }] });
    await details.load('logs', 'f1/t00');
    expect(details.of('logs', 'f1/t00')).toMatchObject({ sections: [{ lines: ['bye'] }, {}] });
    await details.load('logs', 'f1/t01');
    const why = 'the master has forgotten this task, and with it where it ran';
    expect(details.of('logs', 'f1/t01')).toMatchObject({ state: 'failed', why });
  });
});
