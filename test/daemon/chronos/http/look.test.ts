// What clients read: jobs, their summary, statistics and graph, and errors (chronos.md 8, 10, 11).
import { describe, expect, test } from 'vitest';
import { FakeChronos, START_MS } from './support/fake-core.ts';

const EVERY_MINUTE = 'R/2026-02-01T00:00:00Z/PT1M';
const SECOND = 1000;

async function chain(): Promise<FakeChronos> {
  const chronos = new FakeChronos();
  await chronos.store({ name: 'A', command: 'echo one', schedule: EVERY_MINUTE });
  await chronos.store({ name: 'B', command: 'echo two', parents: ['A'] }, 'dependency');
  await chronos.store({ name: 'C', command: 'cp', parents: ['B', 'A'], disabled: true }, 'dependency');
  return chronos;
}

describe('A job', () => {
  test('is shown with every key of the original in its order, and the absence of one tells the kind', async () => {
    const chronos = await chain();
    const keys =
      'name,command,shell,executor,executorFlags,taskInfoData,retries,owner,ownerName,description,successCount,errorCount,' +
      'lastSuccess,lastError,cpus,disk,mem,disabled,softError,dataProcessingJobType,errorsSinceLastSuccess,fetch,uris,' +
      'environmentVariables,arguments,highPriority,runAsUser,concurrent,maxCompletionTime,constraints';
    const scheduled = (await chronos.ask('GET', '/v1/scheduler/job/A')).json;
    expect(Object.keys(scheduled).join()).toBe(`${keys},schedule,scheduleTimeZone,originalSchedule`);
    expect(scheduled).toMatchObject({
      lastSuccess: '',
      runAsUser: 'root',
      mem: 0,
      schedule: expect.stringMatching(/^R\//),
    });
    const dependent = (await chronos.ask('GET', '/scheduler/job/B')).json;
    expect(Object.keys(dependent).join()).toBe(`${keys},parents`);
  });

  test('keeps all that was posted', async () => {
    const chronos = new FakeChronos();
    const whole = {
      name: 'w',
      command: 'x',
      arguments: ['-a', 'b c'],
      epsilon: 'PT10S',
      async: true,
      notify: { on: ['late'], channels: ['slack'] },
      retryDelay: 'PT1.5S',
      retryFactor: 2,
      constraints: [['rack', 'LIKE', 'r.*']],
      environmentVariables: [{ name: 'A', value: '1' }],
      fetch: [{ uri: 'http://a', executable: true, cache: true, extract: false, output_file: 'o' }],
      container: {
        type: 'DOCKER',
        image: 'busybox',
        network: 'BRIDGE',
        networkInfos: [],
        volumes: [
          { containerPath: '/a', hostPath: '/b', mode: 'RO' },
          {
            containerPath: 'c',
            mode: 'RW',
            external: { name: 'v', provider: 'rexray', options: [{ key: 'k', value: 'v' }] },
          },
        ],
        parameters: [{ key: 'p', value: 'q' }],
        forcePullImage: true,
      },
      schedule: 'R1/2026-02-03T00:00:00.000+01:00/P1D',
      scheduleTimeZone: 'Europe/Berlin',
    };
    await chronos.store(whole);
    expect((await chronos.ask('GET', '/v1/scheduler/job/w')).json).toMatchObject(whole);
  });

  test('that is not there is answered with 400, whatever is wanted of it, and its mark of success with false', async () => {
    const chronos = await chain();
    const paths = ['GET job/x', 'PUT job/x', 'DELETE job/x', 'GET job/stat/x', 'DELETE task/kill/x'];
    for (const path of paths) {
      const [method = '', rest] = path.split(' ');
      const { status, json } = await chronos.ask(method, `/scheduler/${rest}`);
      expect([path, status, json]).toEqual([path, 400, { status: 'Bad Request', message: "job 'x' not found" }]);
    }
    const marked = await chronos.ask('PUT', '/v1/scheduler/job/success/x');
    expect([marked.status, marked.text]).toEqual([200, 'marked job x as successful: false']);
  });
});

describe('The list of jobs', () => {
  test('of the summary has the last result as status and the activity as state', async () => {
    const chronos = await chain();
    chronos.change('A', { lastSuccessMs: START_MS + 1, lastErrorMs: START_MS });
    chronos.change('B', { lastSuccessMs: START_MS, lastErrorMs: START_MS });
    chronos.addRun('A', { state: 'running' });
    chronos.addRun('A', { state: 'staged' });
    chronos.addRun('B');
    chronos.addRun('C', { state: 'delayed' });
    chronos.unplaceable.set('B', 'no agent has 100 cpus');
    const { jobs } = (await chronos.ask('GET', '/v1/scheduler/jobs/summary')).json;
    const [a, b, c] = jobs;
    expect(a).toEqual({
      name: 'A',
      status: 'success',
      state: '2 running',
      schedule: 'R/2026-02-01T00:00:00.000Z/PT1M',
      parents: [],
      disabled: false,
      nextRun: '2026-02-01T00:00:00.000Z',
    });
    expect(b).toMatchObject({
      status: 'failure',
      state: 'queued',
      schedule: '',
      parents: ['A'],
      unplaceable: 'no agent has 100 cpus',
    });
    expect(c).toMatchObject({ status: 'fresh', state: 'idle', disabled: true, nextRun: null });
  });

  test('is searched by what is in name and command, all conditions together, in order of names', async () => {
    const chronos = await chain();
    const search = async (query: string): Promise<string> => {
      const { json } = await chronos.ask('GET', `/scheduler/jobs/search?${query}`);
      return json.map(({ name }: { name: string }) => name).join();
    };
    expect(await search('command=ECHO')).toBe('A,B');
    expect(await search('any=c')).toBe('A,B,C');
    expect(await search('any=cp')).toBe('C');
    expect(await search('name=b&command=one')).toBe('');
    expect(await search('limit=1&offset=1')).toBe('B');
    expect((await chronos.ask('GET', '/scheduler/jobs/search?limit=x')).status).toBe(400);
  });
});

describe('Statistics', () => {
  test('have right percentiles, mean and count, and the last rows of history', async () => {
    const chronos = await chain();
    chronos.durations.set('A', [1000, 2000, 3000, 4000]);
    for (let at = 0; at < 7; at += 1) {
      const startedMs = START_MS + at * 60 * SECOND;
      const times = { startedMs, endedMs: startedMs + 65 * SECOND, taskId: `ct:${startedMs}:0:A:` };
      chronos.addHistory('A', { ...times, agentId: 'agent-1', result: at === 6 ? 'failure' : 'success' });
    }
    chronos.addHistory('A', { result: 'missed' });
    chronos.addRun('A', { state: 'running', taskId: 'ct:1:0:A:', startedMs: START_MS + 3_600_000 });
    const { histogram, taskStatHistory } = (await chronos.ask('GET', '/v1/scheduler/job/stat/A')).json;
    expect(histogram).toEqual({
      '75thPercentile': 3750,
      '95thPercentile': 4000,
      '98thPercentile': 4000,
      '99thPercentile': 4000,
      median: 2500,
      mean: 2500,
      count: 4,
    });
    expect(taskStatHistory).toHaveLength(5);
    expect(taskStatHistory[0]).toMatchObject({ status: 'Running', startTime: '02/01/26 01:00:00', endTime: 'N/A' });
    expect(taskStatHistory[1]).toEqual({
      taskId: `ct:${START_MS + 360_000}:0:A:`,
      jobName: 'A',
      slaveId: 'agent-1',
      startTime: '02/01/26 00:06:00',
      endTime: '02/01/26 00:07:05',
      duration: '1m5s',
      status: 'Fail',
    });
  });

  test('of all jobs come slowest first in seconds, and of no statistic there is an empty list', async () => {
    const chronos = await chain();
    chronos.durations.set('B', [500]);
    chronos.durations.set('C', [1500]);
    expect((await chronos.ask('GET', '/scheduler/stats/mean')).json).toEqual([
      { jobNameLabel: 'C', time: 1.5 },
      { jobNameLabel: 'B', time: 0.5 },
      { jobNameLabel: 'A', time: 0 },
    ]);
    for (const word of ['count', 'fastest', 'toString'])
      expect((await chronos.ask('GET', `/scheduler/stats/${word}`)).json).toEqual([]);
  });
});

describe('The graph', () => {
  test('comes as dot, csv and json', async () => {
    const chronos = await chain();
    chronos.addRun('A', { state: 'running' });
    expect((await chronos.ask('GET', '/v1/scheduler/graph/dot')).text).toBe(
      'digraph G {\n  1 [ label="A" ];\n  2 [ label="B" ];\n  3 [ label="C" ];\n  1 -> 2;\n  1 -> 3;\n  2 -> 3;\n}\n',
    );
    expect((await chronos.ask('GET', '/scheduler/graph/csv')).text).toBe(
      'node,A,fresh,1 running\nnode,B,fresh,idle\nnode,C,fresh,idle\nlink,A,B\nlink,A,C\nlink,B,C\n',
    );
    expect((await chronos.ask('GET', '/scheduler/graph/json')).json.links[0]).toEqual({ parent: 'A', child: 'B' });
  });
});

describe('Every answer', () => {
  test('may be read by any page, and 404, 405 are told in the same two keys', async () => {
    const chronos = await chain();
    const gone = await chronos.ask('GET', '/v1/scheduler/nowhere');
    expect([gone.status, Object.keys(gone.json)]).toEqual([404, ['status', 'message']]);
    expect(gone.headers['access-control-allow-origin']).toBe('*');
    const wrong = await chronos.ask('DELETE', '/scheduler/jobs');
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    const asked = await chronos.ask('OPTIONS', '/scheduler/iso8601', undefined, {
      'access-control-request-method': 'POST',
    });
    expect(asked.headers['access-control-allow-methods']).toContain('POST');
  });

  test('of the process itself is there without a prefix', async () => {
    const chronos = new FakeChronos();
    expect((await chronos.ask('GET', '/ping')).text).toBe('pong');
    for (const path of ['/leader', '/v1/scheduler/leader', '/scheduler/leader'])
      expect((await chronos.ask('GET', path)).json).toEqual({ leader: '10.0.0.1:4400' });
    expect((await chronos.ask('GET', '/metrics')).json).toHaveProperty('version');
    expect((await chronos.ask('GET', '/metrics/prometheus')).text).toContain('chronos_leader');
    expect((await chronos.ask('POST', '/logging', { level: 'DEBUG' })).status).toBe(200);
    expect(chronos.told).toEqual(['log debug']);
  });
});
