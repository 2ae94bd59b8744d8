// How much of something is used, as one cell of a table or a whole line: a bar with its number.

import { fitToCells } from '../../frame/cells.ts';
import type { Line, Span } from '../../frame/line.ts';
import { span } from '../../frame/lines.ts';
import type { MutableAmounts } from '../../view/amounts.ts';
import { bar, sparkline } from '../../widgets/bar.ts';
import type { Glyphs } from '../../widgets/glyphs.ts';
import { amount, megabytes, percent, ratio } from '../../widgets/words.ts';

type Amounts = Readonly<MutableAmounts>;

export const RESOURCES = [
  { key: 'cpus', name: 'cpus', text: amount },
  { key: 'memMb', name: 'mem', text: megabytes },
  { key: 'diskMb', name: 'disk', text: megabytes },
  { key: 'gpus', name: 'gpus', text: amount },
] as const;

/** A bar and the percentage behind it; nothing where there is none of it. */
export function usageCell(used: number, offered: number, total: number, width: number, marks: Glyphs): readonly Span[] {
  if (total <= 0) return [{ text: fitToCells(marks.dash, width, 'right') }];
  const number = percent(ratio(used, total)).padStart(4);
  if (width < 8) return [{ text: fitToCells(number, width, 'right') }];
  return [...bar(ratio(used, total), width - 5, marks, ratio(offered, total)), { text: ` ${number}` }];
}

export interface Usage {
  readonly total: Amounts;
  readonly allocated: Amounts;
  readonly offered: Amounts;
}

/** `cpus  [bar]  62%  992.5 of 1,600  offered 12%  [history]`, a line for each resource that there is. */
export function usageLines(
  usage: Usage,
  columns: number,
  marks: Glyphs,
  history?: Readonly<Record<'cpus' | 'memMb' | 'diskMb' | 'gpus', readonly number[]>>,
): readonly Line[] {
  const shown = RESOURCES.filter(({ key }) => usage.total[key] > 0 || usage.allocated[key] > 0);
  const barCells = Math.max(4, Math.min(60, Math.floor(columns * 0.3)));
  // What is before the history; it gets the rest of the line.
  const left = 5 + barCells + 1 + 5 + 2 + 17 + 2 + 14;
  const historyCells = history === undefined ? 0 : Math.max(0, Math.min(120, columns - left - 1));
  return shown.map(({ key, name, text }) => {
    const total = usage.total[key];
    const used = usage.allocated[key];
    const offered = usage.offered[key];
    const line: Span[] = [
      span(name.padEnd(5), 'dim'),
      ...bar(ratio(used, total), barCells, marks, ratio(offered, total)),
      span(percent(ratio(used, total)).padStart(6), 'strong'),
      span(`  ${`${text(used)} of ${text(total)}`.padEnd(17)}`),
      span(`  ${(offered > 0 ? `offered ${percent(ratio(offered, total))}` : '').padEnd(12)}`, 'accent'),
    ];
    if (historyCells >= 10) line.push(span(`  ${sparkline(history?.[key] ?? [], historyCells, marks)}`, 'accent'));
    return line;
  });
}
