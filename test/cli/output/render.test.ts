// The same view in every form.
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { renderView } from '../../../src/cli/output/render.ts';
import { COLOURED, PLAIN } from '../../../src/cli/output/style.ts';
import { formatAge, formatBytes, parseDuration } from '../../../src/cli/output/units.ts';
import type { View } from '../../../src/cli/output/view.ts';
import { Problem, problemLines } from '../../../src/cli/problem.ts';

const VIEW: View = {
  data: [{ id: 'a', state: 'TASK_RUNNING' }],
  names: ['a'],
  body: {
    kind: 'table',
    columns: [
      { title: 'ID' },
      { title: 'STATE', state: true },
      { title: 'CPUS', align: 'right' },
      { title: 'MORE', wide: true },
    ],
    rows: [
      ['a', 'TASK_RUNNING', '0.1', 'x'],
      ['bcd', 'TASK_FAILED', '12', 'y'],
    ],
  },
};

describe('a view', () => {
  test('as a table has columns apart by two blanks, without colour codes when plain', async () => {
    expect(await renderView(VIEW, 'table', PLAIN, 0)).toBe(
      ['ID   STATE         CPUS', 'a    TASK_RUNNING   0.1', 'bcd  TASK_FAILED     12'].join('\n'),
    );
  });
  test('as a wide table has all columns', async () => {
    expect(await renderView(VIEW, 'wide', PLAIN, 0)).toContain('MORE');
  });
  test('is cut at the width of the terminal, colours not counted', async () => {
    const lines = (await renderView(VIEW, 'table', COLOURED, 10)).split('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
    for (const line of lines) expect(line.replace(/\u001b\[\d+m/g, '').length).toBeLessThanOrEqual(10);
  });
  test('loses the ends of ids that say enough without them before it loses columns', async () => {
    const body = {
      kind: 'table' as const,
      columns: [{ title: 'TASK', shrinksTo: 4 }, { title: 'STATE' }],
      rows: [['a.1234567', 'up']],
    };
    const at = async (columns: number) =>
      (await renderView({ ...VIEW, body }, 'table', PLAIN, columns)).split('\n').at(-1);
    expect(await at(0)).toBe('a.1234567  up');
    expect(await at(13)).toBe('a.123…  up');
    expect(await at(9)).toBe('a.1…  up');
  });
  test('as JSON and YAML is its data, as names its ids', async () => {
    expect(JSON.parse(await renderView(VIEW, 'json', COLOURED, 10))).toEqual(VIEW.data);
    expect(await renderView(VIEW, 'yaml', PLAIN, 0)).toBe('- id: a\n  state: TASK_RUNNING');
    expect(await renderView(VIEW, 'name', PLAIN, 0)).toBe('a');
  });
  test('with no rows is no text at all', async () => {
    expect(
      await renderView({ ...VIEW, names: [], body: { kind: 'table', columns: [], rows: [] } }, 'table', PLAIN, 0),
    ).toBe('');
  });
  test('of details leaves out what is not known', async () => {
    const body = {
      kind: 'details' as const,
      items: [['Name', 'x'] as const, ['Gone', undefined] as const, ['State', 'running'] as const],
    };
    expect(await renderView({ ...VIEW, body }, 'table', PLAIN, 0)).toBe('Name:  x\nState: running');
  });
});

test('ages show their two largest units', () => {
  expect([0, 999, 61_000, 3_660_000, 90_000_000].map(formatAge)).toEqual(['0s', '0s', '1m', '1h1m', '1d1h']);
});
test('durations are read with and without unit', () => {
  expect(['30', '1.5m', '10secs', '2h', '', 'x', '5 parsecs'].map(parseDuration)).toEqual([
    30_000,
    90_000,
    10_000,
    7_200_000,
    undefined,
    undefined,
    undefined,
  ]);
});
test('bytes are in units of 1024', () => {
  expect([0, 1023, 1536, 3 * 1024 ** 2].map(formatBytes)).toEqual(['0 B', '1023 B', '1.5 KB', '3 MB']);
});

test('what frameworks write cannot move the cursor, break the line or paint', async () => {
  const name = 'a\u001b[2Jb\u202ec\nd\u009b31m';
  const columns = [{ title: 'NAME' }];
  const table: View = { data: [], names: [], body: { kind: 'table', columns, rows: [[name]] } };
  const json = await renderView({ ...table, data: { name } }, 'json', PLAIN, 0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(JSON.parse(json)).toEqual({ name });
  expect(await renderView(table, 'table', PLAIN, 0)).toBe('NAME\na\\u{1b}[2Jb\\u{202e}c d\\u{9b}31m');
  const details: View = { data: [], names: [], body: { kind: 'details', items: [['Name', name]] } };
  expect(await renderView(details, 'table', PLAIN, 0)).toBe('Name: a\\u{1b}[2Jb\\u{202e}c\n      d\\u{9b}31m');
  const problem = new Problem(EXIT.failed, { what: 'No.', why: `It says: ${'x\u001b]0;y\u0007'}` });
  expect(problemLines(problem, PLAIN)).toBe('Error: No.\n  It says: x\\u{1b}]0;y\\u{7}');
});
