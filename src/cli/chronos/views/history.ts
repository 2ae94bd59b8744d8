// `mctl job history`: a line of marks with durations, oldest first, and below it the runs, newest first.
import type { ChronosRun } from '../../../client/chronos.ts';
import { runMark } from '../../../tui/widgets/run-marks.ts';
import type { Style } from '../../output/style.ts';
import type { View } from '../../output/view.ts';
import { localText, tookText } from './times.ts';

/** How it looks on this terminal. */
export interface MarkLooks {
  readonly hasMarks: boolean;
  readonly style: Style;
  readonly nowMs: number;
}

/** `✔ 12s  ✗ 2s  ○×3  ● 5s`: the oldest run stands first. `runs`: newest first. */
export function marksLine(runs: readonly ChronosRun[], { hasMarks, style, nowMs }: MarkLooks): string {
  return runs
    .toReversed()
    .map(({ state, start, end, count }) => {
      const mark = runMark(state);
      const many = count === undefined ? '' : `${hasMarks ? '×' : '*'}${count}`;
      const took = start === null ? '' : ` ${tookText(start, end, nowMs)}`;
      return `${style[mark.tone](`${hasMarks ? mark.sign : mark.letter}${many}`)}${took}`;
    })
    .join('  ');
}

/** Runs newest first. The line of marks is said apart: it is for people. */
export function historyView(runs: readonly ChronosRun[], nowMs: number): View {
  return {
    data: runs,
    names: runs.flatMap(({ taskId }) => (taskId === null ? [] : [taskId])),
    body: {
      kind: 'table',
      columns: [
        { title: 'DUE' },
        { title: 'RESULT', state: true },
        { title: 'TOOK', align: 'right' },
        { title: 'CAUSE' },
        { title: 'ATTEMPT', align: 'right' },
        { title: 'AGENT' },
        { title: 'MESSAGE' },
        { title: 'RUN', align: 'right', wide: true },
        { title: 'STARTED', wide: true },
        { title: 'TASK', wide: true },
        { title: 'FILES', wide: true },
      ],
      rows: runs.map((run) => [
        localText(run.due),
        run.count === undefined ? run.state : `${run.state} ×${run.count}`,
        tookText(run.start, run.end, nowMs),
        run.cause,
        run.taskId === null ? '-' : `${run.attempt + 1}`,
        run.agentHost ?? '-',
        run.message,
        run.number === 0 ? '-' : `${run.number}`,
        localText(run.start),
        run.taskId ?? '-',
        run.sandbox ?? '-',
      ]),
    },
    empty: 'It has not run yet. (mctl job run <job>, mctl job next <job>)',
  };
}

/** One attempt, as `mctl job run` leaves it. */
export function runView(job: string, run: ChronosRun, nowMs: number): View {
  return {
    data: { job, ...run },
    names: [run.taskId ?? job],
    body: {
      kind: 'details',
      items: [
        ['Job', job],
        ['State', run.state],
        ['Took', run.end === null ? undefined : tookText(run.start, run.end, nowMs)],
        ['Attempts', run.taskId === null ? undefined : `${run.attempt + 1}`],
        ['Task', run.taskId ?? undefined],
        ['Agent', run.agentHost ?? undefined],
        ['Files', run.sandbox ?? undefined],
        ['Message', run.message || undefined],
      ],
    },
  };
}
