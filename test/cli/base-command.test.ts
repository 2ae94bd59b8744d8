// What all commands have in common, with real pipes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Terminal } from '../../src/cli/output/terminal.ts';
import { watchView } from '../../src/cli/output/watch.ts';

test('a command that would write for ever ends when nobody reads it any more', async () => {
  const program = fileURLToPath(new URL('fixtures/endless-command.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
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
