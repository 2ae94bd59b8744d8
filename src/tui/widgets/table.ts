// Tables: a head, and one line a row. Only the rows that are shown are handed in; nothing here looks at the others.
import { cellWidth, cutToCells, fitToCells } from '../frame/cells.ts';
import { harmless } from '../frame/harmless.ts';
import type { Line, Span, Tone } from '../frame/line.ts';
import { clipLine, lineWidth } from '../frame/lines.ts';
import { type ColumnSize, columnWidths } from './columns.ts';
import type { Glyphs } from './glyphs.ts';

/** What stands in one cell: text, toned text, or several pieces of it (bars). */
export type Cell = string | Span | readonly Span[];

export interface Column<Row> extends ColumnSize {
  /** Its name in `:sort`, when it can be sorted by. */
  readonly key: string;
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly cell: (row: Row, width: number) => Cell;
}

export interface TableState {
  readonly columns: number;
  readonly marks: Glyphs;
  readonly sort?: { readonly column: string; readonly isDescending: boolean } | undefined;
  /** Index among the rows handed in; undefined: the cursor is not among them. */
  readonly cursor: number | undefined;
  readonly isMarked: (index: number) => boolean;
  /** No gutter for cursor and mark: a table to be looked at only. */
  readonly isStill?: boolean;
}

const GUTTER = 2;

/** The head, then a line for each row, none wider than `state.columns`. */
export function drawTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  state: TableState,
): { readonly head: Line; readonly lines: readonly Line[] } {
  const gutter = state.isStill === true ? 0 : Math.min(GUTTER, state.columns);
  const widths = columnWidths(columns, state.columns - gutter);
  const shown = columns.flatMap((column, index) => {
    const width = widths[index];
    return width === undefined ? [] : [{ column, width }];
  });
  const head: Span[] = gutter > 0 ? [{ text: ' '.repeat(gutter) }] : [];
  for (const [index, { column, width }] of shown.entries()) {
    if (index > 0) head.push({ text: ' ' });
    head.push({ text: headText(column, width, state), tone: column.key === state.sort?.column ? 'accent' : 'dim' });
  }
  const lines = rows.map((row, index) => rowLine(shown, row, index, gutter, state));
  return { head, lines };
}

function headText<Row>(column: Column<Row>, width: number, state: TableState): string {
  const isSorted = state.sort !== undefined && column.key === state.sort.column;
  const arrow = isSorted ? (state.sort?.isDescending === true ? state.marks.down : state.marks.up) : '';
  const title = cutToCells(column.title, Math.max(0, width - arrow.length), '') + arrow;
  return fitToCells(title, width, column.align, state.marks.ellipsis);
}

function rowLine<Row>(
  shown: readonly { readonly column: Column<Row>; readonly width: number }[],
  row: Row,
  index: number,
  gutter: number,
  state: TableState,
): Line {
  const isCursor = state.cursor === index;
  const isMarked = state.isMarked(index);
  const whole: Tone | undefined = isCursor ? 'cursor' : isMarked ? 'marked' : undefined;
  const spans: Span[] = [];
  if (gutter > 0) {
    spans.push({
      text: (isCursor ? state.marks.cursor : ' ') + (isMarked ? state.marks.marked : ' ').slice(0, gutter - 1),
    });
  }
  for (const [at, { column, width }] of shown.entries()) {
    if (at > 0) spans.push({ text: ' ' });
    spans.push(...cellSpans(column.cell(row, width), width, column.align, state.marks.ellipsis));
  }
  if (whole === undefined) return spans;
  const painted = spans.map((part) => ({ text: part.text, tone: whole }));
  const missing = state.columns - lineWidth(painted);
  return isCursor && missing > 0 ? [...painted, { text: ' '.repeat(missing), tone: whole }] : painted;
}

function cellSpans(cell: Cell, width: number, align: 'left' | 'right' = 'left', ellipsis: string): readonly Span[] {
  if (typeof cell === 'string') return [{ text: fitToCells(harmless(cell), width, align, ellipsis) }];
  if ('text' in cell) return [{ ...cell, text: fitToCells(harmless(cell.text), width, align, ellipsis) }];
  const clipped = clipLine(cell, width, ellipsis);
  const missing = width - clipped.reduce((sum, part) => sum + cellWidth(part.text), 0);
  if (missing <= 0) return clipped;
  const blanks: Span = { text: ' '.repeat(missing) };
  return align === 'right' ? [blanks, ...clipped] : [...clipped, blanks];
}
