// What mctl job prints.
import { describe, expect, test } from 'vitest';
import { runJob } from '../../../src/cli/chronos/run.ts';
import { graphView } from '../../../src/cli/chronos/views/graph.ts';
import { historyView, marksLine } from '../../../src/cli/chronos/views/history.ts';
import { jobListView, jobView } from '../../../src/cli/chronos/views/jobs.ts';
import { nextView } from '../../../src/cli/chronos/views/next.ts';
import { renderView } from '../../../src/cli/output/render.ts';
import { PLAIN } from '../../../src/cli/output/style.ts';
import type { View } from '../../../src/cli/output/view.ts';
import { FakeClock } from '../../client/support/fake-master.ts';
import { START_MS } from '../../daemon/chronos/http/support/fake-core.ts';
import { chronosAndClient } from './support.ts';

const print = async (view: View): Promise<string[]> => (await renderView(view, 'table', PLAIN, 0)).split('\n');

async function diamond() {
  const { chronos, client } = chronosAndClient();
  await client.store({ name: 'fetch', schedule: 'R/2026-02-01T00:05:00Z/PT1H' });
  await client.store({ name: 'alone', schedule: 'R/2026-02-01T00:10:00Z/PT1H', disabled: true });
  for (const name of ['left', 'right']) await client.store({ name, parents: ['fetch'] });
  await client.store({ name: 'join', parents: ['left', 'right'] });
  await client.store({ name: 'report', parents: ['join'] });
  return { chronos, client };
}

describe('The graph', () => {
  test('draws each job once, below the last of its parents', async () => {
    const { client } = await diamond();
    const lines = await print(graphView(await client.ownJobs(), { hasMarks: true, nowMs: START_MS }));
    expect(lines.map((line) => line.slice(0, 17).trimEnd())).toEqual([
      'JOB',
      'fetch',
      '├─ left',
      '│  └─ ↓ join',
      '└─ right',
      '   └─ join',
      '      └─ report',
      'alone',
    ]);
    expect(lines[1]).toMatch(/fetch +idle +fresh +in 5m$/);
    expect(lines[7]).toMatch(/alone +disabled/);
  });

  test('of one job is what leads to it and what follows', async () => {
    const { client } = await diamond();
    const view = graphView(await client.ownJobs(), { only: 'left', hasMarks: false, nowMs: START_MS });
    expect(view.names).toEqual(['fetch', 'join', 'left', 'report']);
  });
});

describe('The history', () => {
  test('is a line of marks with durations, oldest first, and a table newest first', async () => {
    const { chronos, client } = await diamond();
    const ran = { startedMs: START_MS, taskId: 'ct:1:0:fetch:', agentHost: 'h1' };
    chronos.addHistory('fetch', { ...ran, endedMs: START_MS + 12_000 });
    chronos.addHistory('fetch', { ...ran, endedMs: START_MS + 250, result: 'failure', message: 'exit 1' });
    chronos.addHistory('fetch', { result: 'missed', count: 3 });
    chronos.addRun('fetch', { state: 'running', startedMs: START_MS });
    const runs = await client.runs('fetch');
    const nowMs = START_MS + 65_000;
    expect(marksLine(runs, { hasMarks: true, style: PLAIN, nowMs })).toBe('✔ 12s  ✗ 250ms  ○×3  ● 1m5s');
    expect(marksLine(runs, { hasMarks: false, style: PLAIN, nowMs })).toBe('+ 12s  x 250ms  o*3  * 1m5s');
    const lines = await print(historyView(runs, nowMs));
    expect(lines[1]).toContain('running');
    expect(lines[2]).toContain('missed ×3');
    expect(lines[3]).toMatch(/failure +250ms +schedule +1 +h1 +exit 1$/);
  });
});

describe('Lists', () => {
  test('say how jobs are and when they run', async () => {
    const { chronos, client } = await diamond();
    chronos.unplaceable.set('join', 'no agent has 100 cpus');
    const lines = await print(jobListView(await client.ownJobs(), START_MS));
    expect(lines.find((line) => line.startsWith('join'))).toMatch(/unplaceable +fresh +- +0 +0 +after left, right$/);
    expect(lines.find((line) => line.startsWith('fetch'))).toMatch(/in 5m +0 +0 +R\/2026-02-01T00:05:00Z\/PT1H$/);
  });

  test('that a filter leaves empty say so, as there are jobs', async () => {
    expect(jobListView([], START_MS, 'zzz').empty).toContain("No job has 'zzz' in its name");
    expect(jobListView([], START_MS).empty).toContain('mctl job apply');
  });

  test('of one job show what keeps it from running like others', async () => {
    const { client } = chronosAndClient();
    const image = { image: 'busybox', network: 'BRIDGE' };
    await client.store({
      ...{ name: 'n', schedule: 'R/2026-03-29T02:30:00/P1D', scheduleTimeZone: 'Europe/Berlin', softError: true },
      ...{ container: image, constraints: [['rack', 'EQUALS', 'r1']], epsilon: 'PT5M', uris: ['http://x/y'] },
      ...{ environmentVariables: [{ name: 'TOKEN', value: 'secret' }] },
    });
    const job = await client.ownJob('n');
    const looks = { reasons: await client.why('n'), next: await client.next('n', 1), nowMs: START_MS };
    const shown = (await print(jobView(job, looks))).join('\n');
    for (const text of [
      'DOCKER, busybox, network BRIDGE',
      'rack EQUALS r1',
      'TOKEN',
      'http://x/y',
      'PT5M after it is due',
    ])
      expect(shown).toContain(text);
    expect(shown).toMatch(/children run after a failure/);
    expect(shown).toMatch(/, there 2026-03-29 03:30:00 \+02:00/);
    // A secret is not for every shoulder; who wants all of it asks for JSON.
    expect(shown).not.toContain('secret');
    expect(JSON.stringify(jobView(job, looks).data)).toContain('secret');
  });

  test('show the time of the job beside the local one', async () => {
    const { client } = chronosAndClient();
    await client.store({ name: 'n', schedule: 'R/2026-03-29T02:30:00/P1D', scheduleTimeZone: 'Europe/Berlin' });
    const lines = await print(nextView(await client.next('n', 2), START_MS));
    expect(lines[1]).toMatch(/2026-03-29 03:30:00 \+02:00$/);
    expect(lines[2]).toMatch(/2026-03-30 02:30:00 \+02:00$/);
  });
});

describe('A run by hand', () => {
  const following = async (end: 'success' | 'failure' | 'skipped-overlap' | 'never') => {
    const { chronos, client } = await diamond();
    const said: string[] = [];
    let looks = 0;
    const sleep = async (): Promise<void> => {
      looks += 1;
      if (looks < 3 || end === 'never') return;
      chronos.alive.length = 0;
      chronos.addHistory('fetch', { number: 1, taskId: 'ct:1:0:fetch:', result: end, message: 'exited with status 3' });
    };
    const run = runJob({
      chronos: client,
      clock: Object.assign(new FakeClock(), { monotonicMs: () => looks * 500, sleep }),
      name: 'fetch',
      arguments: '',
      detach: false,
      timeoutMs: 5000,
      progress: (text) => said.push(text),
    });
    return { run, said };
  };

  test('is followed until it is over', async () => {
    const { run, said } = await following('success');
    expect((await run).state).toBe('success');
    expect(said).toEqual(['fetch is queued']);
  });

  test('that fails ends the command with 1 and the reason', async () => {
    const { run } = await following('failure');
    await expect(run).rejects.toMatchObject({ exitCode: 1, text: { why: 'exited with status 3' } });
  });

  test('that finds another one running ends it with 4', async () => {
    const { run } = await following('skipped-overlap');
    await expect(run).rejects.toMatchObject({
      exitCode: 4,
      text: { next: expect.arrayContaining(['mctl job kill fetch']) },
    });
  });

  test('that is not over in time ends it with 10 and says why', async () => {
    const { run } = await following('never');
    await expect(run).rejects.toMatchObject({ exitCode: 10, text: { why: expect.stringContaining('offer') } });
  });
});
