// A screen that is a list, or has one below something else: what is above it, the table's head, the rows that are in the window.
import type { Line } from '../../frame/line.ts';
import { clipLines, line, span, wrapLine } from '../../frame/lines.ts';
import type { FeedRow } from '../../view/model.ts';
import { glyphs } from '../../widgets/glyphs.ts';
import { type Column, drawTable } from '../../widgets/table.ts';
import { count } from '../../widgets/words.ts';
import type { Drawing, Scene } from '../screen.ts';
import { type RowSource, type Rows, rowsOf } from './rows.ts';
import { windowOf } from './window.ts';

export interface ListSpec<Row> {
  readonly source: RowSource<Row>;
  readonly columns: (scene: Scene) => readonly Column<Row>[];
  /** Plural, as in `no agents`. */
  readonly noun: string;
  readonly feed: FeedRow['name'];
  /** Of the heading; default: the noun with how many there are. */
  readonly heading?: string;
  /** Lines above the table; they give way before the table does. */
  readonly above?: readonly Line[];
  /** Lines below it, where there is room. */
  readonly below?: readonly Line[];
}

/** The table keeps so many lines, its head among them, before what is above it is cut. */
const MIN_TABLE = 5;

export function drawList<Row>(scene: Scene, spec: ListSpec<Row>): Drawing {
  const { place, size } = scene;
  const marks = glyphs(scene.hasMarks);
  const rows = rowsOf(scene.view, place, spec.source, scene.patience);
  const wanted = spec.above ?? [];
  const above = wanted.slice(0, Math.max(0, size.rows - Math.min(MIN_TABLE, rows.length + 2)));
  const room = Math.max(0, size.rows - above.length - 1);
  const ids = {
    length: rows.length,
    at: (index: number) => rows.idAt(index),
    indexOf: (id: string) => rows.indexOf(id),
  };
  const { top, cursor } = windowOf(place, ids, room);
  const shown = rows.slice(top, top + room);
  const { head, lines } = drawTable(spec.columns(scene), shown, {
    columns: size.columns,
    marks,
    sort: sortOf(scene, spec.source),
    cursor: cursor === undefined ? undefined : cursor - top,
    isMarked: (index) => place.marked.size > 0 && place.marked.has(rows.idAt(top + index) ?? ''),
  });
  const body = rows.length === 0 ? wrapLine(emptyLine(scene, spec, rows), size.columns, 2) : lines;
  const below = (spec.below ?? []).slice(0, Math.max(0, room - body.length));
  const isNarrowed = (place.filter !== '' || place.onlyFaults) && rows.unfinishedShare === undefined;
  return {
    lines: clipLines([...above, head, ...body, ...below], size, marks.ellipsis),
    heading: spec.heading ?? `${spec.noun} ${isNarrowed ? `${count(rows.length)}/` : ''}${count(rows.total)}`,
    // Made when a key asks for them.
    get rowIds() {
      return rows.ids;
    },
    unfinishedShare: rows.unfinishedShare,
    top,
    visibleRows: Math.max(1, room),
    firstRowLine: above.length + 1,
    cursorIndex: cursor,
  };
}

function sortOf<Row>({ place }: Scene, { sortBy }: RowSource<Row>): Scene['place']['sort'] {
  if (place.sort !== undefined) return place.sort;
  const column = Object.keys(sortBy)[0];
  return column === undefined ? undefined : { column, isDescending: false };
}

/** Why there is nothing, as far as it is known. */
function emptyLine<Row>({ view, place }: Scene, { noun, feed }: ListSpec<Row>, rows: Rows<Row>): Line {
  if (rows.unfinishedShare !== undefined) return line(span('  Looking ...', 'dim'));
  if (place.filter !== '') return line(span(`  No ${noun} match /${place.filter} (esc shows all).`, 'dim'));
  if (place.onlyFaults) return line(span(`  No ${noun} in trouble (esc shows all).`, 'good'));
  const source = view.feeds.get(feed);
  switch (source?.state) {
    case 'connecting':
    case 'loading':
      return line(span(`  Waiting for ${source.address ?? feed} ...`, 'dim'));
    case 'broken':
    case 'absent':
      return line(span(`  ${source.why ?? `No ${noun}: ${feed} is not there.`}`, 'warn'));
    default:
      return line(span(`  No ${noun}.`, 'dim'));
  }
}

/** As data: what the list shows, whole. */
export function listData<Row>(scene: Pick<Scene, 'view' | 'place'>, source: RowSource<Row>): readonly Row[] {
  return rowsOf(scene.view, scene.place, source).rows;
}
