import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Problem } from '../../../src/cli/problem.ts';
import { readKeys } from '../../../src/cli/top/settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'mctl-top-'));
const path = join(directory, 'config.json');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function keys(given: unknown) {
  writeFileSync(path, JSON.stringify({ version: 1, contexts: {}, top: given }));
  return readKeys(path);
}

describe('the keys of the config file', () => {
  test('are those of the table where it says nothing, or is not there', () => {
    expect(readKeys(join(directory, 'none')).keyOf('kill')).toBe('k');
    expect(keys(undefined).keyOf('kill')).toBe('k');
    expect(keys({}).keyOf('kill')).toBe('k');
  });

  test('are as it says', () => {
    expect(keys({ keys: { kill: 'x' } }).entryOf('x')?.action).toBe('kill');
  });

  test('that cannot be are a usage error, which names the file and every conflict', () => {
    let problem: unknown;
    try {
      keys({ keys: { kill: 's', nosuch: 'x' } });
    } catch (error) {
      problem = error;
    }
    if (!(problem instanceof Problem)) throw new Error('nothing was refused');
    expect(problem.exitCode).toBe(2);
    expect(problem.text.what).toContain(path);
    expect(problem.text.why).toMatch(/no action 'nosuch'[\s\S]*'s' is bound to both 'sort' and 'kill'/);
  });
});
