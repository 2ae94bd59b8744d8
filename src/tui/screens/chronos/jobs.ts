// Screen 8: jobs of Chronos: when they run next, how they ended last, why they do not run. Where there is no Chronos it says so, and
// how one is started.
import { line, span, wrapLine } from '../../frame/lines.ts';
import type { ClusterView, JobRow } from '../../view/model.ts';
import { glyphs } from '../../widgets/glyphs.ts';
import type { Column } from '../../widgets/table.ts';
import { drawList, listData } from '../lists/list.ts';
import { drawText } from '../lists/page.ts';
import type { RowSource } from '../lists/rows.ts';
import type { Drawing, Scene, Screen } from '../screen.ts';
import { JOB_ACTIONS } from './job-actions.ts';
import { isRunning, jobMark, lastSpan, stateSpan, stateText, untilText, whenText, whyText } from './job-words.ts';

type Job = Readonly<JobRow>;

const SOURCE: RowSource<Job> = {
  name: 'jobs',
  all: ({ jobs }) => jobs.values(),
  version: (view) => String(view.version('jobs')),
  id: ({ id }) => id,
  text: (job) => [job.id, job.status, stateText(job), whenText(job), job.schedule, whyText(job)].join('\n'),
  isFault: ({ status, unplaceable }) => status === 'failure' || unplaceable !== undefined,
  sortBy: {
    job: ({ id }) => id,
    next: ({ nextRunMs }) => nextRunMs,
    last: ({ status }) => ['failure', 'fresh', 'success'].indexOf(status),
    state: (job) => `${isRunning(job) ? 0 : job.state === 'queued' ? 1 : 2}${stateText(job)}`,
    when: whenText,
  },
};

export const JOBS: Screen = {
  name: 'jobs',
  digit: '8',
  title: 'Jobs',
  topics: ['jobs', 'feeds', 'leader'],
  sortColumns: Object.keys(SOURCE.sortBy),
  actions: { ...JOB_ACTIONS, open: (id) => ({ screen: 'job', subject: id }) },
  draw: (scene) =>
    isAbsent(scene.view)
      ? drawAbsence(scene)
      : drawList(scene, { source: SOURCE, columns, noun: 'jobs', feed: 'chronos' }),
  data(scene) {
    const why = scene.view.feeds.get('chronos')?.why;
    return { jobs: listData(scene, SOURCE), ...(why !== undefined && { why }) };
  },
};

function isAbsent({ feeds, jobs }: ClusterView): boolean {
  return jobs.size === 0 && (feeds.get('chronos')?.state ?? 'absent') === 'absent';
}

function drawAbsence(scene: Scene): Drawing {
  const { feeds, leader } = scene.view;
  const lines = [
    line(''),
    line(span(`  ${feeds.get('chronos')?.why ?? 'this cluster has no Chronos'}`, 'warn')),
    line(''),
    line('  Jobs that run at times and after each other are the business of Chronos, a framework of its own.'),
    line('  mctl cluster up starts one with a local cluster; beside this one it is started so:'),
    line(''),
    line(span(`    mctl chronos --master=${leader.address ?? '<host:port>'} --work-dir=<directory>`, 'accent')),
    line(''),
    line('  One that is there and not registered: mctl top jobs --chronos <host:port>'),
    line('  For one command now: mctl run -- <command>'),
  ];
  return drawText(
    scene,
    'jobs',
    lines.flatMap((one) => wrapLine(one, scene.size.columns, 2)),
  );
}

function columns({ view, nowMs, hasMarks }: Scene): readonly Column<Job>[] {
  const marks = glyphs(hasMarks);
  // Schedules have the room while nothing is in the way of any job.
  const hasWhy = [...view.jobs.values()].some((job) => whyText(job) !== '');
  return [
    { key: 'mark', title: '', min: 1, priority: 0, cell: (job) => jobMark(job, marks) },
    { key: 'job', title: 'job', min: 16, max: 50, priority: 0, cell: ({ id }) => id },
    { key: 'next', title: 'next run', min: 9, priority: 1, cell: ({ nextRunMs }) => untilText(nextRunMs, nowMs) },
    { key: 'last', title: 'last', min: 7, priority: 1, cell: lastSpan },
    { key: 'state', title: 'state', min: 11, max: 14, priority: 2, cell: stateSpan },
    { key: 'when', title: 'schedule / after', min: 26, max: 50, priority: 3, cell: whenText },
    ...(hasWhy ? [{ key: 'why', title: 'why', min: 24, max: 90, priority: 2, cell: whyText }] : []),
  ];
}
