// What people are shown of configs: without secrets, and as differences.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../../../src/haproxy/render/secrets.ts';
import { unifiedDiff } from '../../../src/haproxy/render/unified-diff.ts';
import fc from '../../fast-check.ts';
import { renderServices, service } from './made-services.ts';

describe('masking', () => {
  test.each([
    ['  user bob password $5$abc$def', '  user bob password ********'],
    ['-  user bob password $5$abc$def', '-  user bob password ********'],
    ["  user bob insecure-password 'a b' groups x", '  user bob insecure-password ******** groups x'],
    ['  stats auth admin:secret', '  stats auth admin:********'],
    ['  http-request set-header Authorization "Basic abc def"', '  http-request set-header Authorization ********'],
    ['  http-request set-header authorization Basic\\ abc', '  http-request set-header authorization ********'],
    ['  acl x hdr(host) -i password.example', '  acl x hdr(host) -i password.example'],
  ])('%j is shown as %j', (line, shown) => {
    expect(maskSecrets(`a\n${line}\nb\n`)).toBe(`a\n${shown}\nb\n`);
  });

  test('nothing of a rendered config’s passwords is left', () => {
    const { config } = renderServices(
      [service({ appId: '/a', mode: 'http', auth: { realm: 'r', users: [{ name: 'bob', hash: '$5$q1w2$e3r4' }] } })],
      { statsAuth: { user: 'me too', password: "hush 'it'" } },
    ).rendered;
    expect(maskSecrets(config)).not.toMatch(/q1w2|e3r4|hush/);
    expect(maskSecrets(config)).toContain('user bob password ********');
  });
});

describe('differences', () => {
  test('are none between equals', () => {
    expect(unifiedDiff('a\nb\n', 'a\nb\n', ['x', 'y'])).toBe('');
  });

  test('show what goes and what comes with three lines around', () => {
    const before = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const after = before.toSpliced(10, 1, 'new').toSpliced(0, 1);
    expect(unifiedDiff(`${before.join('\n')}\n`, `${after.join('\n')}\n`, ['old', 'new'])).toBe(
      [
        '--- old',
        '+++ new',
        '@@ -1,4 +1,3 @@',
        '-line 0',
        ' line 1',
        ' line 2',
        ' line 3',
        '@@ -8,7 +7,7 @@',
        ' line 7',
        ' line 8',
        ' line 9',
        '-line 10',
        '+new',
        ' line 11',
        ' line 12',
        ' line 13',
        '',
      ].join('\n'),
    );
  });

  test.skipIf(spawnSync('patch', ['--version']).error !== undefined)('patch makes the one of the other', () => {
    const directory = mkdtempSync(join(tmpdir(), 'mctl-diff-'));
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 25 });
    try {
      fc.assert(
        fc.property(text, text, (before, after) => {
          const [from, to] = [before, after].map((lines) => lines.map((line) => `${line}\n`).join('')) as [
            string,
            string,
          ];
          const diff = unifiedDiff(from, to, ['a', 'b']);
          if (diff === '') return from === to;
          writeFileSync(join(directory, 'a'), from);
          execFileSync('patch', ['-s', '-p0', 'a', '-o', 'b'], { cwd: directory, input: diff });
          return execFileSync('cat', ['b'], { cwd: directory, encoding: 'utf8' }) === to;
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('of ten thousand lines that are all new come at once', () => {
    const lines = (word: string) => Array.from({ length: 10_000 }, (_, index) => `${word} ${index}\n`).join('');
    expect(unifiedDiff(lines('a'), lines('b'), ['a', 'b']).split('\n')).toHaveLength(20_004);
  });
});
