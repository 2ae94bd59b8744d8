import { describe, expect, it } from 'vitest';
import { JOB } from '../../../src/tui/screens/chronos/job.ts';
import { JOBS } from '../../../src/tui/screens/chronos/jobs.ts';
import type { Detail, RunGlance } from '../../../src/tui/screens/details.ts';
import { shortTaskId } from '../../../src/tui/screens/lists/names.ts';
import { jobLog } from '../../../src/tui/view/job-log.ts';
import { createViewStore, type ViewStore } from '../../../src/tui/view/store.ts';
import { Person } from '../ui/person.ts';
import { job, NOW, task } from '../view/rows.ts';
import { drawAt, NO_DETAILS, placeAt, textOf } from './cluster.ts';

function someJobs(): ViewStore {
  const view = createViewStore(() => NOW);
  view.setFeed({ name: 'chronos', state: 'polling', address: 'c:4400', why: undefined });
  view.replaceJobs([
    job('nightly-report'),
    job('send-report', { parents: ['nightly-report', 'prices'] }),
    job('prices', { status: 'failure', nextRunMs: NOW + 42_000, state: '2 running' }),
    job('too-large', { status: 'fresh', state: 'queued', nextRunMs: NOW - 1, unplaceable: 'no agent has 64 cpus' }),
    job('old', { isDisabled: true, nextRunMs: undefined }),
  ]);
  return view;
}

describe('jobs', () => {
  it('are shown at 80×24 with what comes next, how they ended last and why they do not run', () => {
    const drawn = (view: ViewStore) => textOf(drawAt(JOBS, view, {}, { size: { columns: 80, rows: 24 } }));
    expect(drawn(someJobs())).toBe(
      `
jobs 5
    job^               next run  last    state         why
> o nightly-report     in 5m00s  success idle
  - old                -         success disabled
  x prices             in 42s    failure 2 running
  o send-report        -         success idle
  ! too-large          now       fresh   unplaceable   no agent has 64 cpus`.trim(),
    );
    const view = someJobs();
    view.replaceJobs([job('nightly-report'), job('send-report', { parents: ['nightly-report', 'prices'] })]);
    expect(drawn(view)).toBe(
      `
jobs 2
    job^              next run  last    state        schedule / after
> o nightly-report    in 5m00s  success idle         every day at 02:00 UTC
  o send-report       -         success idle         after nightly-report, pric~`.trim(),
    );
  });

  it('are sorted by when they run next, those without a time last, and by how bad their last result is', () => {
    const ids = (column: string) => drawAt(JOBS, someJobs(), { sort: { column, isDescending: false } }).rowIds;
    expect(ids('next')).toEqual(['too-large', 'prices', 'nightly-report', 'old', 'send-report']);
    expect(ids('last').slice(0, 2)).toEqual(['prices', 'too-large']);
    expect(ids('state').slice(0, 2)).toEqual(['prices', 'too-large']);
  });

  it('are narrowed to those that match, by parents too, and to those in trouble', () => {
    expect(drawAt(JOBS, someJobs(), { filter: 'after nightly' }).rowIds).toEqual(['send-report']);
    expect(drawAt(JOBS, someJobs(), { filter: '^disabled$' }).rowIds).toEqual(['old']);
    expect(drawAt(JOBS, someJobs(), { onlyFaults: true }).rowIds).toEqual(['prices', 'too-large']);
  });

  it('are run, ended, enabled and disabled after a question, the marked ones together', () => {
    const person = new Person(someJobs(), 'jobs');
    const asked = () => (person.ui.prompt?.kind === 'confirm' ? person.ui.prompt.question : person.ui.message?.text);
    person.press('R');
    expect(asked()).toBe('Run nightly-report now? Schedules stay as they are.');
    person.press('n');
    expect(person.effects).toEqual([]);
    person.press('R');
    person.press('y');
    person.press('k');
    expect(asked()).toContain('End what runs of nightly-report?');
    person.press('y');
    person.press('e');
    expect(asked()).toBe('It is enabled already.');
    // Of those that are marked the ones that it makes a difference to.
    for (let marks = 0; marks < 3; marks += 1) person.press('space');
    person.press('D');
    expect(asked()).toContain('Disable 2 jobs?');
    person.press('y');
    for (let marks = 0; marks < 3; marks += 1) person.press('up');
    person.press('down');
    person.press('e');
    expect(asked()).toBe('Enable old?');
    person.press('y');
    expect(person.effects).toEqual([
      { kind: 'run-jobs', names: ['nightly-report'] },
      { kind: 'kill-jobs', names: ['nightly-report'] },
      { kind: 'switch-jobs', names: ['nightly-report', 'prices'], isDisabled: true },
      { kind: 'switch-jobs', names: ['old'], isDisabled: false },
    ]);
  });

  it('are left alone with --readonly, and by a command that asks as the key does', () => {
    const reader = new Person(someJobs(), 'jobs', { isReadonly: true });
    for (const key of ['R', 'k', 'e', 'D']) {
      reader.press(key);
      expect(reader.ui.message?.text).toContain('--readonly');
      expect(reader.ui.prompt).toBeUndefined();
    }
    const person = new Person(someJobs(), 'jobs');
    person.press(':');
    person.type('run');
    person.press('enter');
    expect(person.ui.prompt).toMatchObject({ kind: 'confirm', question: expect.stringMatching(/^Run nightly-report/) });
    expect(new Person(someJobs(), 'agents').press('R').ui.message?.text).toBe('There is nothing to run here.');
  });

  it('show the log of the task that runs, else of the last one; where the master knows none, of the run that Chronos knows', () => {
    const view = someJobs();
    const put = (id: string, state: string, job = 'nightly-report') =>
      view.putTask({ ...task('chronos', id, 'a1'), name: `ChronosTask:${job}`, state });
    // Chronos may know more than the master.
    expect(new Person(view, 'jobs').press('l').place).toMatchObject({
      screen: 'logs',
      subject: jobLog('nightly-report'),
    });
    put('ct:9000:0:nightly-report:', 'TASK_FAILED');
    put('ct:9000:1:nightly-report:', 'TASK_FINISHED');
    put('ct:10000:0:prices:', 'TASK_RUNNING', 'prices');
    put('ct:8000:0:nightly-report:', 'TASK_FINISHED');
    const shown = () => new Person(view, 'jobs').press('l').place;
    expect(shown()).toMatchObject({ screen: 'logs', subject: 'chronos/ct:9000:1:nightly-report:' });
    put('ct:7000:0:nightly-report:', 'TASK_RUNNING');
    expect(shown()).toMatchObject({ subject: 'chronos/ct:7000:0:nightly-report:' });
  });

  it('are data as they are', () => {
    const data = JOBS.data({ view: someJobs(), place: placeAt('jobs'), nowMs: NOW, details: NO_DETAILS });
    expect(JSON.parse(JSON.stringify(data))).toMatchObject({
      jobs: [{ id: 'nightly-report' }, { id: 'old', isDisabled: true }, { id: 'prices', state: '2 running' }, {}, {}],
    });
  });

  it('are none yet, or not to be had, or there is no Chronos: each is said', () => {
    const view = createViewStore(() => NOW);
    expect(textOf(drawAt(JOBS, view))).toMatch(/this cluster has no Chronos[\s\S]*mctl chronos --master=/);
    view.setFeed({ name: 'chronos', state: 'broken', address: 'c:4400', why: 'c:4400 cannot be reached' });
    expect(textOf(drawAt(JOBS, view))).toContain('c:4400 cannot be reached');
    view.setFeed({ name: 'chronos', state: 'polling', address: 'c:4400', why: undefined });
    expect(textOf(drawAt(JOBS, view))).toContain('No jobs.');
  });
});

function run(number: number, change: Partial<RunGlance> = {}): RunGlance {
  const endMs = NOW - number * 60_000;
  return {
    number,
    state: 'success',
    cause: 'schedule',
    attempt: 0,
    count: 1,
    dueMs: endMs - 12_500,
    startMs: endMs - 12_000,
    endMs,
    host: 'one.example',
    message: '',
    taskId: `ct:${number}`,
    ...change,
  };
}

const NIGHTLY: Detail = {
  state: 'there',
  facts: [
    { name: 'schedule', text: 'every day at 02:00 UTC' },
    { name: 'retries', text: '2' },
  ],
  sections: [
    {
      title: 'why',
      lines: ['It waits for its time, which comes when it comes, and not any sooner than that, they say.'],
    },
    { title: 'command', lines: ['make report \u001b[31m', `echo ${'x'.repeat(80)}`] },
  ],
  job: {
    runs: [
      run(9, { state: 'running', endMs: undefined, startMs: NOW - 4000 }),
      run(8),
      run(7, { state: 'failure', attempt: 1, message: 'exit status 1' }),
      run(0, { state: 'coalesced', count: 3, startMs: undefined, host: undefined, taskId: undefined }),
    ],
    next: [{ dueMs: NOW + 300_000, local: '2027-01-15T03:00:00.000+01:00' }],
  },
};

it('tasks of jobs are called by their jobs where there is little room', () => {
  expect(shortTaskId('ct:1795340120000:0:nightly-report:')).toBe('nightly-report.1795340120');
  expect(shortTaskId('ct:1795340120000:2:nightly-report:--fast')).toBe('nightly-report.1795340120.2');
});

describe('the page of a job', () => {
  const size = { columns: 80, rows: 30 };
  const details = { of: (screen: string) => (screen === 'job' ? NIGHTLY : undefined), version: 1 };
  const draw = (place: object = {}, scene: object = {}) =>
    drawAt(JOB, someJobs(), { subject: 'nightly-report', ...place }, { size, details, ...scene });

  it('shows how it is, how its runs went, when it comes next, what hangs on it, and its command', () => {
    const at = new Date(NOW + 300_000);
    const local = [at.getHours(), at.getMinutes(), at.getSeconds()]
      .map((part) => String(part).padStart(2, '0'))
      .join(':');
    expect(textOf(draw()).replaceAll(/\d{4}-\d\d-\d\d (?!03:00)/g, '(day) ')).toBe(
      `
job nightly-report
> state        o idle
  last result  success
  next run     in 5m00s, (day) ${local}
  last runs    =*3  x 12s  + 12s  * 4s
  schedule     every day at 02:00 UTC
  retries      2
  -- why it does not run, or what it does
     It waits for its time, which comes when it comes, and not any sooner than
     that, they say.
  -- next runs, in local time and in that of the job
     in 5m00s    (day) ${local}   2027-01-15 03:00:00 +01:00
  -- after it
     o send-report  idle, last success >
  -- runs, the newest first
     * running          4s     4s ago  schedule on one.example
     + success         12s  8m00s ago  schedule on one.example
     x failure         12s  7m00s ago  schedule, attempt 2 on one.example  exit~
     =*3 coalesced       -     0s ago  schedule
  -- command
     make report \\u{1b}[31m
     echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
     xxxxxxxxxxxx`.trim(),
    );
  });

  it('leaves out the oldest marks where there is no room, and says so', () => {
    const narrow = textOf(draw({}, { size: { columns: 44, rows: 30 } }));
    expect(narrow).toMatch(/last runs +~ x 12s {2}\+ 12s {2}\* 4s/);
  });

  it('leads to the logs of its runs and to the jobs around it, and back', () => {
    const person = new Person(someJobs(), 'jobs');
    person.details = details;
    person.press('enter');
    expect(person.place).toMatchObject({ screen: 'job', subject: 'nightly-report' });
    const to = (text: string): void => {
      person.press('home');
      while (!person.lines[person.drawing.cursorIndex ?? 0]?.includes(text)) person.press('down');
    };
    to('send-report');
    person.press('enter');
    expect(person.place).toMatchObject({ screen: 'job', subject: 'send-report' });
    person.press('esc');
    to('failure');
    person.press('enter');
    expect(person.place).toMatchObject({ screen: 'logs', subject: jobLog('nightly-report', 'ct:7') });
    person.press('esc', 'l');
    expect(person.place).toMatchObject({ screen: 'logs', subject: jobLog('nightly-report', 'ct:7') });
    person.press('esc', 'home', 'l');
    expect(person.place).toMatchObject({ screen: 'logs', subject: jobLog('nightly-report') });
    person.press('esc', 'esc');
    expect(person.place.screen).toBe('jobs');
  });

  it('is narrowed to the lines that match, whose keys stay what they are', () => {
    expect(textOf(draw({ filter: 'on one|then' }))).toMatch(
      /^job nightly-report\n> {4}\* running.*\n {5}\+ success.*\n {5}x failure.*$/,
    );
    expect(textOf(draw({ filter: 'nowhere' }))).toContain('No line matches /nowhere (esc shows all).');
  });

  it('has the keys of the list, for the job that it is about', () => {
    const person = new Person(someJobs(), 'jobs');
    person.details = details;
    person.press('enter', 'end');
    for (const key of ['R', 'k', 'D']) person.press(key, 'y');
    expect(person.effects.filter(({ kind }) => kind !== 'load-details')).toEqual([
      { kind: 'run-jobs', names: ['nightly-report'] },
      { kind: 'kill-jobs', names: ['nightly-report'] },
      { kind: 'switch-jobs', names: ['nightly-report'], isDisabled: true },
    ]);
  });

  it('says when the job has gone, when a parent is not there, and what could not be had', () => {
    expect(textOf(draw({ subject: 'gone' }))).toContain('There is no job gone any more.');
    const view = someJobs();
    view.replaceJobs([job('orphan', { parents: ['lost'] })]);
    const failed = { of: (): Detail => ({ state: 'failed', why: 'c:4400 cannot be reached' }), version: 1 };
    const drawn = textOf(drawAt(JOB, view, { subject: 'orphan' }, { size, details: failed }));
    expect(drawn).toMatch(/next run +after its parents[\s\S]*c:4400 cannot be reached[\s\S]*\? lost is not there/);
  });
});
