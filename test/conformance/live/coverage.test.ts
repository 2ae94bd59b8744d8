// Everything that was recorded and is due is lived again: no situation is left out without a word.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadExchanges } from '../exchange.ts';

it('every due situation is replayed by one of these tests', () => {
  const folder = new URL('./', import.meta.url);
  const tests = readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const due = new Set(
    loadExchanges()
      .filter(({ needs }) => needs === undefined)
      .map(({ dir }) => dir),
  );
  expect(due.size).toBeGreaterThan(50);
  const isNamed = (dir: string): boolean =>
    tests.includes(`'${dir}'`) || (dir.startsWith('scheduler/subscribe-') && tests.includes(`'scheduler/subscribe-'`));
  expect([...due].filter((dir) => !isNamed(dir))).toEqual([]);
});
