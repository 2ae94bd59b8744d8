import { describe, expect, it } from 'vitest';
import { JOBS } from '../../../src/tui/screens/jobs.ts';
import { createViewStore, type ViewStore } from '../../../src/tui/view/store.ts';
import { Person } from '../ui/person.ts';
import { job, NOW } from '../view/rows.ts';
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
> o nightly-report    in 5m00s  success idle         R/2027-01-15T02:00:00Z/P1D
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

  it('have no pages of their own', () => {
    expect(new Person(someJobs(), 'jobs').press('enter').place.screen).toBe('jobs');
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
