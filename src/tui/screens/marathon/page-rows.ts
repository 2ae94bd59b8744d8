// A page whose rows are things that keys act on, and below them text: one cursor goes through both, so that everything can be
// reached in a small window too.
import type { Line } from '../../frame/line.ts';
import { clipLines, padLine } from '../../frame/lines.ts';
import { filterFor } from '../../ui/filter.ts';
import { glyphs } from '../../widgets/glyphs.ts';
import { type Column, drawTable } from '../../widgets/table.ts';
import { windowOf } from '../lists/window.ts';
import type { Drawing, Scene } from '../screen.ts';

export interface PageSpec<Row> {
  readonly heading: string;
  readonly above: readonly Line[];
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly below: readonly Line[];
}

const TEXT = 'text:';
/** The rows keep so many lines before what is above them is cut. */
const MIN_ROWS = 6;

/** Is this a line of text, which no key acts on? */
export function isTextRow(id: string): boolean {
  return id.startsWith(TEXT);
}

export function drawPage<Row>(scene: Scene, spec: PageSpec<Row>): Drawing {
  const { size, place, hasMarks } = scene;
  const marks = glyphs(hasMarks);
  const filter = filterFor(place.filter);
  const rows = filter.isEmpty ? spec.rows : spec.rows.filter((row) => filter.matches(spec.id(row)));
  const below = filter.isEmpty
    ? spec.below
    : spec.below.filter((drawn) => filter.matches(drawn.map(({ text }) => text).join('')));
  const ids = [...rows.map(spec.id), ...below.map((_, index) => `${TEXT}${index}`)];
  const above = spec.above.slice(0, Math.max(0, size.rows - MIN_ROWS));
  const room = Math.max(1, size.rows - above.length - 1);
  const { top, cursor } = windowOf(place, ids, room);
  const table = drawTable(spec.columns, rows.slice(top, top + room), {
    columns: size.columns,
    marks,
    cursor: cursor === undefined ? undefined : cursor - top,
    isMarked: (index) => place.marked.has(ids[top + index] ?? ''),
  });
  const firstText = Math.max(0, top - rows.length);
  const texts = below.slice(firstText, firstText + room - table.lines.length).map((line, index): Line => {
    const isCursor = rows.length + firstText + index === cursor;
    const mark = { text: `${isCursor ? marks.cursor : ' '} ` };
    return isCursor
      ? padLine([mark, ...line], size.columns).map(({ text }) => ({ text, tone: 'cursor' }))
      : [mark, ...line];
  });
  return {
    lines: clipLines([...above, table.head, ...table.lines, ...texts], size, marks.ellipsis),
    heading: spec.heading,
    rowIds: ids,
    top,
    visibleRows: room,
    firstRowLine: above.length + 1,
    cursorIndex: cursor,
  };
}
