import { describe, expect, it } from 'vitest';
import { cellWidth } from '../../../src/tui/frame/cells.ts';
import { lineWidth } from '../../../src/tui/frame/lines.ts';
import { plainText } from '../../../src/tui/frame/painter.ts';
import { bar, sparkline } from '../../../src/tui/widgets/bar.ts';
import { columnWidths } from '../../../src/tui/widgets/columns.ts';
import { type Glyphs, glyphs } from '../../../src/tui/widgets/glyphs.ts';
import { instanceMarks } from '../../../src/tui/widgets/instance-marks.ts';
import { type Column, drawTable } from '../../../src/tui/widgets/table.ts';
import { treePrefixes } from '../../../src/tui/widgets/tree.ts';
import { amount, lasting, megabytes, percent, since } from '../../../src/tui/widgets/words.ts';
import fc from '../../fast-check.ts';
import { anyText } from '../frame/texts.ts';

const ascii = glyphs(false);
const marks = glyphs(true);

describe('a bar', () => {
  it('shows what is used, what is offered and what is free', () => {
    expect(plainText([bar(0.5, 10, ascii, 0.2)])).toBe('#####==...');
    expect(plainText([bar(0.5, 10, marks)])).toBe('█████·····');
    expect(plainText([bar(0.55, 10, marks)])).toBe('█████▌····');
  });

  it('is exactly as wide as asked, whatever the numbers', () => {
    fc.assert(
      fc.property(
        fc.double(),
        fc.double(),
        fc.integer({ min: 0, max: 80 }),
        fc.boolean(),
        (used, second, cells, is) => {
          expect(lineWidth(bar(used, cells, glyphs(is), second))).toBe(cells);
        },
      ),
    );
  });

  it('shows a little where a little is used', () => {
    expect(plainText([bar(0.001, 10, ascii)])).toBe('#.........');
    expect(plainText([bar(0, 10, ascii)])).toBe('..........');
  });
});

describe('a sparkline', () => {
  it('has the newest sample at the right and blanks where there is none', () => {
    expect(sparkline([0, 0.5, 1], 5, ascii)).toBe('  _+@');
    expect(sparkline([1, 1, 0], 2, marks)).toBe('█▁');
  });
});

describe('marks', () => {
  it('are one cell wide, and no two of one set that can stand in the same place look alike', () => {
    for (const set of [ascii, marks]) {
      for (const [name, mark] of Object.entries(set as Glyphs)) {
        if (typeof mark === 'string') expect(cellWidth(mark), name).toBe(/ranch|stem/.test(name) ? 2 : 1);
      }
      const states = [set.good, set.warn, set.bad, set.idle, set.unknown];
      expect(new Set(states).size).toBe(states.length);
    }
  });

  it('of instances become numbers where there are more than fit', () => {
    expect(plainText([instanceMarks(['healthy', 'healthy', 'killed'], 5, false)])).toBe('##x');
    expect(plainText([instanceMarks(['healthy', 'healthy', 'killed'], 2, false)])).toBe('#2 x1');
  });
});

describe('columns', () => {
  it('the least important go first, and what is left is shared by those that grow', () => {
    const sizes = [
      { min: 10, max: 20, priority: 0 },
      { min: 10, priority: 2 },
      { min: 10, max: 12, priority: 1 },
    ];
    expect(columnWidths(sizes, 40)).toEqual([16, 10, 12]);
    expect(columnWidths(sizes, 25)).toEqual([12, undefined, 12]);
    expect(columnWidths(sizes, 12)).toEqual([12, undefined, undefined]);
    expect(columnWidths(sizes, 6)).toEqual([6, undefined, undefined]);
  });
});

describe('a table', () => {
  interface Row {
    readonly name: string;
    readonly size: number;
  }
  const columns: readonly Column<Row>[] = [
    { key: 'name', title: 'name', min: 6, max: 30, priority: 0, cell: (row) => row.name },
    { key: 'size', title: 'size', min: 5, priority: 1, align: 'right', cell: (row) => String(row.size) },
  ];
  const state = { columns: 20, marks: ascii, cursor: 1, isMarked: (index: number) => index === 2 };

  it('says by marks which row has the cursor, which are marked and what it is sorted by', () => {
    const rows = [
      { name: 'one', size: 1 },
      { name: 'a name that is too long', size: 22 },
      { name: 'three', size: 333 },
    ];
    const drawn = drawTable(columns, rows, { ...state, sort: { column: 'size', isDescending: true } });
    expect(plainText([drawn.head, ...drawn.lines])).toBe(
      ['  name         sizev', '  one              1', '> a name that~    22', ' *three          333'].join('\n'),
    );
  });

  it('is as wide as it may be at most, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 4 }), fc.integer({ min: 0, max: 60 }), (names, width) => {
        const rows = names.map((name) => ({ name, size: name.length }));
        const drawn = drawTable(columns, rows, { ...state, columns: width });
        for (const one of [drawn.head, ...drawn.lines]) expect(lineWidth(one)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('a tree', () => {
  it('shows where each row hangs', () => {
    const rows = [0, 1, 2, 2, 1, 2, 0].map((depth) => ({ depth }));
    expect(treePrefixes(rows, ascii)).toEqual(['', '|-', '| |-', '| `-', '`-', '  `-', '']);
  });
});

describe('words', () => {
  it('are times since, and short', () => {
    expect([0, 59_000, 192_000, 18_180_000, 1_051_200_000].map(lasting)).toEqual([
      '0s',
      '59s',
      '3m12s',
      '5h03m',
      '12d4h',
    ]);
    expect(since(undefined, 5)).toBe('-');
    expect(since(10_000, 5000)).toBe('0s');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8e12 }), (ms) => {
        expect(lasting(ms).length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it('are amounts as people read them', () => {
    expect([0.1, 1.25, 12.34, 123.46, 50_000].map(amount)).toEqual(['0.1', '1.25', '12.3', '123', '50,000']);
    expect([64, 1536, 2_411_725].map(megabytes)).toEqual(['64M', '1.5G', '2.3T']);
    expect([0, 0.004, 0.62, 1].map(percent)).toEqual(['0%', '0.4%', '62%', '100%']);
  });
});
