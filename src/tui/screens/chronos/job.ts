// A job: how it is and why it does not run, when it will, how its last runs went, what it runs after and what runs after it, and
// its command. `enter` on a run is its log, on another job that job's page.
import { wrapToCells } from '../../frame/cells.ts';
import { harmless } from '../../frame/harmless.ts';
import type { Line, Span } from '../../frame/line.ts';
import { line, lineWidth, padLine, span, wrapLine } from '../../frame/lines.ts';
import { jobLog } from '../../view/job-log.ts';
import { glyphs } from '../../widgets/glyphs.ts';
import { runMark } from '../../widgets/run-marks.ts';
import { lasting, since } from '../../widgets/words.ts';
import type { RunGlance } from '../details.ts';
import {
  aboutOf,
  detailFacts,
  drawRows,
  drawText,
  type Fact,
  factLines,
  type PageRow,
  pageRow,
  sectionLines,
  targetOf,
} from '../lists/page.ts';
import type { Scene, Screen } from '../screen.ts';
import { JOB_ACTIONS } from './job-actions.ts';
import { type Job, jobMark, lastSpan, stateSpan, untilText } from './job-words.ts';

/** Cells before what facts and sections tell. */
const FACT_INDENT = 18;
const TEXT_INDENT = 5;

export const JOB: Screen = {
  name: 'job',
  title: 'Job',
  topics: ['jobs', 'feeds'],
  sortColumns: [],
  actions: {
    ...JOB_ACTIONS,
    open: targetOf,
    logs(id, view) {
      const target = targetOf(id);
      if (target?.screen === 'logs') return target.subject;
      const name = target?.screen === 'job' ? target.subject : aboutOf(id);
      return view.jobs.has(name) ? jobLog(name) : undefined;
    },
    // Whichever line the cursor is on, it is about the job of the page.
    kill: (ids, view) => JOB_ACTIONS.kill([...new Set(ids.map(aboutOf))], view),
  },
  draw(scene) {
    const name = scene.place.subject ?? '';
    const job = scene.view.jobs.get(name);
    if (job === undefined) {
      const isKnown = scene.view.feeds.get('chronos')?.state === 'polling';
      const text = isKnown ? `There is no job ${name} any more.` : `The job ${name} is not known now.`;
      return drawText(scene, 'job', [line(span(text, 'warn'))]);
    }
    return drawRows(scene, `job ${name}`, rowsOf(scene, job));
  },
  data({ view, place, details }) {
    const name = place.subject ?? '';
    return { job: view.jobs.get(name), children: childrenOf(view, name), details: details.of('job', name) };
  },
};

function rowsOf(scene: Scene, job: Job): readonly PageRow[] {
  const { details, size, nowMs, hasMarks, view } = scene;
  const detail = details.of('job', job.id);
  const columns = size.columns - 2;
  const marks = glyphs(hasMarks);
  const known = detail?.state === 'there' ? detail : undefined;
  const facts: Fact[] = [
    { name: 'state', text: line(jobMark(job, marks), ' ', stateSpan(job)) },
    { name: 'last result', text: line(lastSpan(job)) },
    { name: 'next run', text: nextText(job, nowMs) },
  ];
  const runs = known?.job?.runs ?? [];
  if (runs.length > 0) facts.push({ name: 'last runs', text: marksLine(runs, columns - FACT_INDENT, scene) });
  facts.push(...detailFacts(detail));
  const rows: PageRow[] = [];
  const add = (lines: readonly Line[]): void => {
    for (const drawn of lines) rows.push(pageRow(drawn, rows.length, job.id));
  };
  const section = (title: string, lines: readonly Line[]): void => {
    if (lines.length > 0) add(sectionLines(title, lines, hasMarks));
  };
  /** Lines that lead somewhere keep the cursor when others come above them. */
  const leading = (title: string, all: readonly { readonly drawn: Line; readonly to?: string }[]): void => {
    for (const [index, drawn] of sectionLines(
      title,
      all.map((one) => one.drawn),
      hasMarks,
    ).entries()) {
      const to = all[index - 1]?.to;
      rows.push(to === undefined ? pageRow(drawn, rows.length, job.id) : { id: `${to}\n${job.id}`, line: drawn });
    }
  };
  add(factLines(facts, Math.min(columns, TWO_COLUMNS_NEVER)));
  const sectionOf = (title: string): readonly string[] =>
    known?.sections.find((one) => one.title === title)?.lines ?? [];
  section(
    'why it does not run, or what it does',
    sectionOf('why').flatMap((text) => wrapLine(line(text), columns - TEXT_INDENT)),
  );
  const next = known?.job?.next ?? [];
  section(
    'next runs, in local time and in that of the job',
    next.map(({ dueMs, local }) =>
      line(
        span(untilText(dueMs, nowMs).padEnd(10), 'strong'),
        `  ${localText(dueMs)}   `,
        span(wallText(local), 'dim'),
      ),
    ),
  );
  const jobLines = (names: readonly string[]) =>
    names.map((name) => {
      const other = view.jobs.get(name);
      if (other === undefined) return { drawn: line(span(`${marks.unknown} ${name} is not there`, 'warn')) };
      const words = line(jobMark(other, marks), ` ${name}  `, stateSpan(other), span(`, last ${other.status}`, 'dim'));
      return { drawn: line(...words, ` ${marks.arrow}`), to: `job\n${name}` };
    });
  if (job.parents.length > 0) leading('runs after each of', jobLines(job.parents));
  const children = childrenOf(view, job.id);
  if (children.length > 0) leading('after it', jobLines(children));
  if (known?.job?.runs !== undefined) {
    const width = Math.max(0, ...runs.map((run) => lineWidth(stateOf(run, hasMarks)))) + 1;
    const lines = runs.map((run) => ({
      drawn: runLine(run, scene, width),
      ...(run.taskId !== undefined && { to: `logs\n${jobLog(job.id, run.taskId)}` }),
    }));
    leading('runs, the newest first', lines.length > 0 ? lines : [{ drawn: line(span('It has not run yet.', 'dim')) }]);
  }
  section(
    'command',
    sectionOf('command').flatMap((text) =>
      wrapToCells(harmless(text), Math.max(1, columns - TEXT_INDENT)).map((piece) => line(piece)),
    ),
  );
  return rows;
}

/** Facts stay one below the other: the marks of the runs want the room. */
const TWO_COLUMNS_NEVER = 100;

function childrenOf({ jobs }: Scene['view'], name: string): readonly string[] {
  return [...jobs.values()].flatMap(({ id, parents }) => (parents.includes(name) ? [id] : []));
}

function nextText({ parents, nextRunMs, isDisabled }: Job, nowMs: number): string {
  if (isDisabled) return 'none while it is disabled';
  if (parents.length > 0) return 'after its parents';
  return nextRunMs === undefined ? 'none' : `${untilText(nextRunMs, nowMs)}, ${localText(nextRunMs)}`;
}

/** `✔ 12s  ✗ 2s  ○×3  ● 5s`, the newest at the end; of those that do not fit the oldest are left out. */
function marksLine(runs: readonly RunGlance[], columns: number, scene: Scene): Line {
  const { ellipsis } = glyphs(scene.hasMarks);
  const parts: Span[][] = [];
  let room = columns;
  for (const run of runs) {
    const took = run.startMs === undefined ? '' : ` ${tookText(run, scene.nowMs)}`;
    const part = [markSpan(run, scene.hasMarks), span(took)];
    const cells = lineWidth(part) + 2;
    if (cells > room - 2) return [{ text: `${ellipsis} `, tone: 'dim' }, ...joined(parts)];
    room -= cells;
    parts.push(part);
  }
  return joined(parts);
}

function joined(newestFirst: readonly (readonly Span[])[]): Span[] {
  return newestFirst.toReversed().flatMap((part, index) => (index === 0 ? part : [{ text: '  ' }, ...part]));
}

function markSpan({ state, count }: RunGlance, hasMarks: boolean): Span {
  const mark = runMark(state);
  const many = count === 1 ? '' : `${hasMarks ? '×' : '*'}${count}`;
  return { text: `${hasMarks ? mark.sign : mark.letter}${many}`, tone: mark.tone };
}

function stateOf(run: RunGlance, hasMarks: boolean): Line {
  return [markSpan(run, hasMarks), span(` ${run.state}`, runMark(run.state).tone)];
}

function runLine(run: RunGlance, { nowMs, hasMarks }: Scene, stateWidth: number): Line {
  const again = run.attempt > 0 ? `, attempt ${run.attempt + 1}` : '';
  return [
    ...padLine(stateOf(run, hasMarks), stateWidth),
    span(`${run.startMs === undefined ? '-' : tookText(run, nowMs)}`.padStart(7)),
    span(`${since(run.endMs ?? run.startMs ?? run.dueMs, nowMs)} ago`.padStart(11), 'dim'),
    span(`  ${run.cause}${again}${run.host === undefined ? '' : ` on ${run.host}`}`),
    span(run.message === '' ? '' : `  ${run.message}`, 'dim'),
  ];
}

/** As long as it is going on: so far. */
function tookText({ startMs, endMs }: RunGlance, nowMs: number): string {
  if (startMs === undefined) return '-';
  const ms = Math.max(0, (endMs ?? nowMs) - startMs);
  return ms < 1000 ? `${Math.round(ms)}ms` : lasting(ms);
}

/** In the time of this machine. */
function localText(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `2026-02-01T03:00:00.350+01:00` → `2026-02-01 03:00:00 +01:00`. */
function wallText(local: string): string {
  return local
    .replace('T', ' ')
    .replace(/\.\d+/, '')
    .replace(/(Z|[+-]\d\d:\d\d)$/, ' $1');
}
