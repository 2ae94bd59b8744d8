// A view as text.
import { printable, printableJson, printableLine } from './printable.ts';
import { paintState, type Style } from './style.ts';
import type { Column, Details, OutputFormat, Table, View } from './view.ts';

/** Without a line end; "" when there is nothing to print. YAML is loaded when it is asked for. */
export async function renderView(view: View, format: OutputFormat, style: Style, columns: number): Promise<string> {
  switch (format) {
    case 'json':
      return printableJson(JSON.stringify(view.data, undefined, 2));
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(view.data).trimEnd();
    }
    case 'name':
      return view.names.join('\n');
    case 'table':
    case 'wide':
      return view.body.kind === 'table'
        ? renderTable(view.body, format === 'wide', style, columns)
        : renderDetails(view.body, format === 'wide', style, columns);
  }
}

/** Columns two spaces apart, cut at the width of the screen; no lines, so that cut and awk work. */
export function renderTable(table: Table, wide: boolean, style: Style, columns: number): string {
  if (table.rows.length === 0) return '';
  const rows = table.rows.map((row) => row.map(printableLine));
  const shown = table.columns.map((column, index) => ({ column, index })).filter(({ column }) => wide || !column.wide);
  const widths = shrunk(
    shown.map(({ column, index }) => Math.max(column.title.length, ...rows.map((row) => width(row[index] ?? '')))),
    shown.map(({ column }) => column),
    columns,
  );
  const line = (cell: (index: number) => string, paint: (text: string, position: number) => string): string => {
    const cells = shown.map(({ column, index }, position) => {
      const text = clip(cell(index), widths[position] ?? 0);
      const padding = ' '.repeat(Math.max(0, (widths[position] ?? 0) - width(text)));
      return column.align === 'right' ? padding + paint(text, position) : paint(text, position) + padding;
    });
    return cells.join('  ').trimEnd();
  };
  const lines = [
    line(
      (index) => table.columns[index]?.title ?? '',
      (text) => style.dim(text),
    ),
  ];
  for (const row of rows) {
    lines.push(
      line(
        (index) => row[index] ?? '',
        (text, position) => (shown[position]?.column.state ? paintState(style, text) : text),
      ),
    );
  }
  return lines.map((text) => clip(text, columns)).join('\n');
}

/** Widths that fit the screen better, at the cost of the columns that may be cut. */
function shrunk(widths: readonly number[], shown: readonly Column[], columns: number): number[] {
  let excess = columns <= 0 ? 0 : widths.reduce((sum, cells) => sum + cells + 2, -2) - columns;
  return widths.map((cells, position) => {
    const { shrinksTo, title } = shown[position] ?? { title: '' };
    if (shrinksTo === undefined || excess <= 0) return cells;
    const narrower = Math.max(title.length, Math.min(cells, shrinksTo), cells - excess);
    excess -= cells - narrower;
    return narrower;
  });
}

function renderDetails(details: Details, wide: boolean, style: Style, columns: number): string {
  const items = details.items.filter((item): item is [string, string] => item[1] !== undefined);
  const widest = Math.max(0, ...items.map(([title]) => title.length));
  const lines = items.map(([title, value]) => {
    const text = printable(value);
    const painted = title === 'State' ? paintState(style, text) : text;
    return `${style.dim(`${title}:`.padEnd(widest + 2))}${painted.replaceAll('\n', `\n${' '.repeat(widest + 2)}`)}`;
  });
  for (const { title, table } of details.sections ?? []) {
    const text = renderTable(table, wide, style, columns);
    if (text !== '') lines.push('', style.strong(title), text);
  }
  return lines.join('\n');
}

/** Cells that a text takes; combining and wide characters are rare enough in ids to count as one each. */
function width(text: string): number {
  return [...text].length;
}

/** Cuts to the width of a terminal, colour codes not counted; 0 = no limit (off a terminal). */
export function clip(line: string, columns: number): string {
  if (columns <= 0) return line;
  let cells = 0;
  let out = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b')) {
      out += part;
      continue;
    }
    for (const character of part) {
      if (cells === columns - 1 && width(line) > columns) {
        out += '…';
        cells += 1;
      } else if (cells < columns) {
        out += character;
        cells += 1;
      }
    }
  }
  return out;
}
