// Holds the list of lines to the tests of this folder: each line has at least one, or says what it waits for.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LINES, NOT_YET } from './lines.ts';

const here = import.meta.dirname;
const sources = readdirSync(here)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(`${here}/${name}`, 'utf8').replaceAll(/\s+/g, ' '));
const tested = (line: string) => sources.some((text) => text.includes(`'${line}'`));

test('every line is a test or waits for something that is not there yet, and never both', () => {
  const waiting = new Set<string>(NOT_YET.map(({ line }) => line));
  const all = Object.values(LINES).flat();
  expect(all.filter((line) => !tested(line) && !waiting.has(line))).toEqual([]);
  expect(all.filter((line) => tested(line) && waiting.has(line))).toEqual([]);
  const text = NOT_YET.map(({ line, why }) => `  ${line}\n    ${why}`).join('\n');
  console.info(`Accepted: ${all.length - NOT_YET.length} of ${all.length} lines. Not yet:\n${text}`);
});
