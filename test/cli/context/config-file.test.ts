// The contexts file on disk.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readContexts, writeContexts } from '../../../src/cli/context/config-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'mctl-config-'));
const path = join(directory, 'deep', 'config.json');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('is empty when it is not there', () => {
  expect(readContexts(path)).toEqual({ current: undefined, contexts: new Map() });
});

test('comes back as it was written, for nobody else to read', () => {
  const config = {
    current: 'a',
    contexts: new Map([
      ['a', { masters: ['h:1', 'h:2'] }],
      ['b', { masters: ['h:1'], marathons: ['h:8080'], chronoses: ['h:4400', 'i:4400'] }],
    ]),
  };
  writeContexts(path, config);
  expect(readContexts(path)).toEqual(config);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('of a newer version is refused by name, not guessed at', () => {
  writeFileSync(path, '{"version": 2}');
  expect(() => readContexts(path)).toThrow(/newer mctl.*version 2/s);
});

test('that is damaged is refused', () => {
  writeFileSync(path, '{"version": ');
  expect(() => readContexts(path)).toThrow(/cannot be read/);
});

test('keeps what else is in it when contexts are written', () => {
  const keys = { kill: 'x' };
  writeFileSync(path, JSON.stringify({ version: 1, current: 'gone', top: { keys } }));
  writeContexts(path, { current: undefined, contexts: new Map() });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ top: { keys }, version: 1, contexts: {} });
});
