// The line of keys at the bottom, and the help of `?`: both are the key table, as it is bound now.
import { cellWidth } from '../frame/cells.ts';
import type { Line, Size, Span } from '../frame/line.ts';
import { clipLines, lineWidth, span } from '../frame/lines.ts';
import type { KeyBindings } from '../keys/bindings.ts';
import type { KeyEntry } from '../keys/table.ts';
import type { Screen } from '../screens/screen.ts';

/** What keys are for now. */
export interface KeyScene {
  readonly bindings: KeyBindings;
  readonly screen: Screen;
  readonly isReadonly: boolean;
  /** Are there rows? */
  readonly hasRows: boolean;
}

/** What is done to rows that are marked. */
const ACTING = ['kill', 'restart', 'drain', 'run', 'enable', 'disable'] as const;

/** Does the key do anything there? */
function isUseful(entry: KeyEntry, { screen, isReadonly, hasRows }: KeyScene): boolean {
  if (entry.changes && isReadonly) return false;
  if (entry.action === 'mark') return ACTING.some((action) => screen.actions[action] !== undefined);
  if (entry.action === 'invert' && screen.chooses !== undefined) return false;
  if (entry.needs === 'sort') return screen.sortColumns.length > 0;
  if (entry.needs === 'rows') return hasRows || screen.sortColumns.length > 0;
  return entry.needs === undefined || screen.actions[entry.needs] !== undefined;
}

/** As many as fit, those that do something to what is shown first; help and quit are always among them. */
export function keyBar(scene: KeyScene, columns: number): Line {
  const { bindings, screen } = scene;
  const shown = bindings.entries
    .filter((entry) => entry.short !== undefined && entry.keys.length > 0 && isUseful(entry, scene))
    .map((entry) => (entry.action === 'sort' ? { ...entry, short: screen.chooses ?? entry.short ?? '' } : entry));
  const last = shown.filter(({ action }) => action === 'help' || action === 'quit');
  let room = columns - width(last);
  const wanted = shown.filter((entry) => !last.includes(entry));
  const fitting = new Set<KeyEntry>();
  for (const entry of [...wanted].sort((one, other) => rank(one) - rank(other))) {
    const needed = width([entry]);
    if (needed > room) continue;
    room -= needed;
    fitting.add(entry);
  }
  const digits = screensPiece(bindings);
  const screens = [span(digits ?? '', 'accent'), span(' screens', 'dim')];
  const spans: Span[] = digits === undefined || lineWidth(screens) > room ? [] : screens;
  for (const { keys, short = '' } of [...wanted.filter((entry) => fitting.has(entry)), ...last]) {
    spans.push(span(` ${keys[0] ?? ''}`, 'accent'), span(` ${short}`, 'dim'));
  }
  return spans;
}

function rank({ group, action }: KeyEntry): number {
  if (group === 'acting') return action === 'mark' ? 3 : 0;
  return group === 'moving' || action === 'filter' || action === 'command' ? 1 : 2;
}

function width(entries: readonly KeyEntry[]): number {
  return entries.reduce((sum, { keys, short = '' }) => sum + cellWidth(keys[0] ?? '') + cellWidth(short) + 2, 0);
}

/** `1-0` while they are the digits. */
function screensPiece({ entries }: KeyBindings): string | undefined {
  const keys = entries.filter(({ group }) => group === 'screens').map(({ keys }) => keys[0]);
  return keys.join('') === '1234567890' ? '1-0' : undefined;
}

const GROUPS: readonly (readonly [KeyEntry['group'], string])[] = [
  ['screens', 'Screens'],
  ['moving', 'Moving'],
  ['looking', 'Looking'],
  ['acting', 'Acting'],
  ['other', 'Other'],
];

/** All keys, in as many columns as are needed and can be read; what does not fit then is further down, from `top` on. */
export function drawHelp(
  scene: KeyScene,
  size: Size,
  top: number,
): { readonly heading: string; readonly lines: readonly Line[] } {
  const { bindings, isReadonly } = scene;
  const lines: Line[] = GROUPS.flatMap(([group, title]): Line[] => {
    const entries = bindings.entries.filter((entry) => entry.group === group && entry.keys.length > 0);
    return entries.length === 0 ? [] : [[span(title, 'title')], ...entries.map((entry) => helpLine(entry))];
  });
  const { columns, rows } = size;
  const widest = Math.max(...lines.map(lineWidth));
  const fitting = Math.max(1, Math.min(MAX_COLUMNS, Math.floor((columns + GAP) / (widest + GAP))));
  const wanted = Math.ceil(lines.length / Math.max(1, rows));
  if (wanted <= fitting) return { heading: 'Keys', lines: clipLines(inColumns(lines, size, wanted), size) };
  const each = Math.ceil(lines.length / fitting);
  const from = Math.max(0, Math.min(top, each - rows));
  const all = inColumns(lines, { columns, rows: each }, fitting);
  const heading = `Keys (lines ${from + 1} to ${Math.min(each, from + rows)} of ${each}: up and down move)`;
  return { heading, lines: clipLines(all.slice(from, from + rows), size) };

  function helpLine(entry: KeyEntry): Line {
    const isThere = isUseful(entry, scene);
    const words = entry.changes && isReadonly ? `${entry.words} (not with --readonly)` : entry.words;
    return [
      span(` ${entry.keys.join(' ').padEnd(KEYS_WIDTH)} `, isThere ? 'accent' : 'dim'),
      span(words, isThere ? 'plain' : 'dim'),
    ];
  }
}

const KEYS_WIDTH = 14;
const MAX_COLUMNS = 3;
const GAP = 1;

/** Column by column, each of so many rows. */
function inColumns(lines: readonly Line[], { columns, rows }: Size, count: number): readonly Line[] {
  if (count <= 1) return lines;
  const each = Math.floor((columns - (count - 1) * GAP) / count);
  return Array.from({ length: Math.min(rows, lines.length) }, (_, row) =>
    Array.from({ length: count }, (_, column) => fitted(lines[column * rows + row] ?? [], each)).flat(),
  );
}

function fitted(line: Line, cells: number): Line {
  const [cut = []] = clipLines([line], { columns: cells, rows: 1 });
  const used = cut.reduce((sum, { text }) => sum + cellWidth(text), 0);
  return [...cut, { text: ' '.repeat(Math.max(0, cells - used) + GAP) }];
}
