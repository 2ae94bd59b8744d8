// What all commands have in common, with real pipes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Terminal } from '../../src/cli/output/terminal.ts';
import { watchView } from '../../src/cli/output/watch.ts';

function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));
}

test('an argument that is left out is not read from stdin', () => {
  const { stdout } = spawnSync(process.execPath, [fixture('reading-command')], { input: 'a file', encoding: 'utf8' });
  expect(JSON.parse(stdout)).toEqual({ app: null, stdin: 'a file' });
});

test('a command that would write for ever ends when nobody reads it any more', async () => {
  const child = spawn(process.execPath, [fixture('endless-command')], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = await once(child, 'exit');
  expect(code).toBe(141);
});

test('--watch ends after --timeout', async () => {
  const written: string[] = [];
  const terminal = { stdoutIsTty: false, columns: 80, data: (text: string) => written.push(text) };
  const view = { data: { a: 1 }, names: [], body: { kind: 'details', items: [] } } as const;
  await watchView(async () => view, 'json', terminal as unknown as Terminal, 1);
  expect(written).toEqual(['{"a":1}']);
});
