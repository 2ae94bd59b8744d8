// An app's instances as a row of marks, one each, and groups of one kind as a number when there are too many for the room.
import type { Span, Tone } from '../frame/line.ts';
import type { InstanceMark } from '../view/model.ts';

/** Letters where there is nothing but ASCII; each kind has a shape of its own. */
const SHAPES: Readonly<Record<InstanceMark, { readonly mark: string; readonly ascii: string; readonly tone: Tone }>> = {
  healthy: { mark: '●', ascii: '#', tone: 'good' },
  running: { mark: '◉', ascii: 'o', tone: 'plain' },
  staged: { mark: '◌', ascii: '.', tone: 'accent' },
  waiting: { mark: '○', ascii: '_', tone: 'dim' },
  old: { mark: '◇', ascii: '~', tone: 'dim' },
  unhealthy: { mark: '▲', ascii: '!', tone: 'warn' },
  unreachable: { mark: '?', ascii: '?', tone: 'warn' },
  killed: { mark: '✗', ascii: 'x', tone: 'bad' },
};

const ORDER = Object.keys(SHAPES) as readonly InstanceMark[];

/** One mark an instance where they fit into `cells`; else how many of each kind, e.g. `●120 ▲3`. */
export function instanceMarks(marks: readonly InstanceMark[], cells: number, hasMarks: boolean): readonly Span[] {
  const shape = (mark: InstanceMark): string => (hasMarks ? SHAPES[mark].mark : SHAPES[mark].ascii);
  if (marks.length <= cells) {
    const spans: Span[] = [];
    for (const mark of marks) spans.push({ text: shape(mark), tone: SHAPES[mark].tone });
    return spans;
  }
  const counts = new Map<InstanceMark, number>();
  for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return ORDER.flatMap((mark) => {
    const known = counts.get(mark);
    return known === undefined ? [] : [{ text: `${shape(mark)}${known} `, tone: SHAPES[mark].tone }];
  });
}

/** What the marks mean, for the foot of a screen. */
export function instanceLegend(hasMarks: boolean): readonly Span[] {
  return ORDER.map((mark) => ({
    text: `${hasMarks ? SHAPES[mark].mark : SHAPES[mark].ascii} ${mark}  `,
    tone: SHAPES[mark].tone,
  }));
}
