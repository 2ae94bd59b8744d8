// Pages of one thing: facts in columns, then blocks of lines under titles.
import type { Line } from '../../frame/line.ts';
import { beside, clipLines, line, padLine, span } from '../../frame/lines.ts';
import { filterFor } from '../../ui/filter.ts';
import { glyphs } from '../../widgets/glyphs.ts';
import type { Detail, DetailFact } from '../details.ts';
import type { Drawing, Scene } from '../screen.ts';
import { windowOf } from './window.ts';

const MAX_NAME = 14;
const TWO_COLUMNS_FROM = 110;

/** A fact whose text may have tones. */
export interface Fact {
  readonly name: string;
  readonly text: string | Line;
}

/** `name  text`, in two columns where there is room. */
export function factLines(facts: readonly Fact[], columns: number): readonly Line[] {
  if (columns < TWO_COLUMNS_FROM) return oneColumn(facts);
  const half = Math.ceil(facts.length / 2);
  const width = Math.floor((columns - 2) / 2);
  return beside(oneColumn(facts.slice(0, half)), width, oneColumn(facts.slice(half)));
}

function oneColumn(facts: readonly Fact[]): readonly Line[] {
  const width = Math.min(MAX_NAME, Math.max(0, ...facts.map(({ name }) => name.length)));
  return facts.map(({ name, text }) => [
    ...padLine(line(span(name.slice(0, width), 'dim')), width),
    { text: '  ' },
    ...(typeof text === 'string' ? line(text) : text),
  ]);
}

/** Facts as the page's details tell them; what is on its way or has failed is a fact too. */
export function detailFacts(detail: Detail | undefined): readonly DetailFact[] {
  if (detail === undefined) return [];
  switch (detail.state) {
    case 'loading':
      return [{ name: 'details', text: 'on their way' }];
    case 'failed':
      return [{ name: 'details', text: `not there: ${detail.why}` }];
    case 'there':
      return detail.facts;
  }
}

/** A title and its lines, indented. */
export function sectionLines(title: string, lines: readonly (string | Line)[], hasMarks: boolean): readonly Line[] {
  const { rule } = glyphs(hasMarks);
  return [
    line(span(`${rule}${rule} `, 'dim'), span(title, 'title')),
    ...lines.map((one) => (typeof one === 'string' ? line(`   ${one}`) : [{ text: '   ' }, ...one])),
  ];
}

/** All sections of the details. */
export function detailSections(detail: Detail | undefined, hasMarks: boolean): readonly Line[] {
  if (detail?.state !== 'there') return [];
  return detail.sections.flatMap(({ title, lines }) => sectionLines(title, lines, hasMarks));
}

/** A line of a page that the cursor can be on; `id` says where `enter` leads, see `targetOf`. */
export interface PageRow {
  readonly id: string;
  readonly line: Line;
}

/** A line that leads to a page, or to none. `about` is what the page itself is about: keys act on that wherever the cursor is. */
export function pageRow(drawn: Line, index: number, about: string, target?: PageTarget): PageRow {
  const [screen, subject] = target === undefined ? ['line', String(index)] : [target.screen, target.subject];
  return { id: `${screen}\n${subject}\n${about}\n${index}`, line: drawn };
}

const TARGETS = ['agent', 'framework', 'app', 'job', 'logs'] as const;

export interface PageTarget {
  readonly screen: (typeof TARGETS)[number];
  readonly subject: string;
}

/** Where a line of a page leads. */
export function targetOf(id: string): PageTarget | undefined {
  const [screen, subject] = id.split('\n');
  const known = TARGETS.find((name) => name === screen);
  return known === undefined || subject === undefined ? undefined : { screen: known, subject };
}

/** What the page is about, of the id of one of its lines; the id itself when it is none of those. */
export function aboutOf(id: string): string {
  return id.split('\n')[2] ?? id;
}

function textOf(drawn: Line): string {
  return drawn.map(({ text }) => text).join('');
}

/** Lines with a cursor among them; with a filter only those that match. */
export function drawRows(scene: Scene, heading: string, all: readonly PageRow[]): Drawing {
  const { size, place, hasMarks } = scene;
  const filter = filterFor(place.filter);
  const rows = filter.isEmpty ? all : all.filter((row) => filter.matches(textOf(row.line)));
  if (rows.length === 0 && !filter.isEmpty) {
    return drawText(scene, heading, [line(span(`No line matches /${place.filter} (esc shows all).`, 'dim'))]);
  }
  const marks = glyphs(hasMarks);
  const ids = rows.map(({ id }) => id);
  const { top, cursor } = windowOf(place, ids, size.rows);
  const lines = rows.slice(top, top + size.rows).map(({ line: drawn }, index): Line => {
    if (top + index !== cursor) return [{ text: '  ' }, ...drawn];
    const text = `${marks.cursor} ${textOf(drawn)}`;
    return [{ text: text.padEnd(size.columns), tone: 'cursor' }];
  });
  return {
    lines: clipLines(lines, size, marks.ellipsis),
    heading,
    rowIds: ids,
    top,
    visibleRows: Math.max(1, size.rows),
    firstRowLine: 0,
    cursorIndex: cursor,
  };
}

/** Text that is moved as a whole: no rows, no cursor. */
export function drawText(scene: Scene, heading: string, lines: readonly Line[]): Drawing {
  const { size, place } = scene;
  const top = Math.max(0, Math.min(place.top, lines.length - size.rows));
  return {
    lines: clipLines(lines.slice(top, top + size.rows), size, glyphs(scene.hasMarks).ellipsis),
    heading: lines.length > size.rows ? `${heading} (line ${top + 1} of ${lines.length})` : heading,
    rowIds: [],
    top,
    visibleRows: Math.max(1, size.rows),
    cursorIndex: undefined,
  };
}
