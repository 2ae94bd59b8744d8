// One mark an instance: what a deployment looks like while it goes on.
import type { InstanceMark } from '../../../client/marathon.ts';
import type { Style } from '../../output/style.ts';

const MARKS: Readonly<Record<InstanceMark, string>> = {
  waiting: '·',
  staged: '◔',
  running: '●',
  healthy: '✔',
  unhealthy: '✗',
  old: '○',
  killed: '✖',
  unreachable: '?',
};

/** First letters, where a terminal or a log file has ASCII only. */
const LETTERS: Readonly<Record<InstanceMark, string>> = {
  waiting: '.',
  staged: 's',
  running: 'r',
  healthy: 'h',
  unhealthy: 'u',
  old: 'o',
  killed: 'x',
  unreachable: '?',
};

/** More marks than this are counted, kind by kind. */
const MOST_MARKS = 40;

/** `✔✔●○`, in the order given; of many `✔×37 ◔×3`. */
export function marksText(marks: readonly InstanceMark[], hasMarks: boolean, style: Style): string {
  const table = hasMarks ? MARKS : LETTERS;
  if (marks.length <= MOST_MARKS) return marks.map((mark) => paint(mark, table[mark], style)).join('');
  const counts = new Map<InstanceMark, number>();
  for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return [...counts]
    .map(([mark, count]) => paint(mark, `${table[mark]}${hasMarks ? '×' : '*'}${count}`, style))
    .join(' ');
}

function paint(mark: InstanceMark, text: string, style: Style): string {
  switch (mark) {
    case 'healthy':
    case 'running':
      return style.good(text);
    case 'unhealthy':
    case 'unreachable':
      return style.bad(text);
    case 'staged':
    case 'waiting':
      return style.warn(text);
    case 'old':
    case 'killed':
      return style.dim(text);
  }
}

/** What the marks of these kinds mean, for who sees them the first time. */
export function legend(marks: ReadonlySet<InstanceMark>, hasMarks: boolean): string {
  const table = hasMarks ? MARKS : LETTERS;
  return [...marks].map((mark) => `${table[mark]} ${mark}`).join('  ');
}
