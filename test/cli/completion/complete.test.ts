// What may follow the words typed so far.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { complete, type ManifestCommand } from '../../../src/cli/completion/complete.ts';
import { completionScript } from '../../../src/cli/completion/scripts.ts';
import type { Suggestion } from '../../../src/cli/completion/suggestion.ts';

const flags = {
  output: { name: 'output', type: 'option' as const, char: 'o', options: ['table', 'json'] },
  context: { name: 'context', type: 'option' as const },
  json: { name: 'json', type: 'boolean' as const, summary: 'Print JSON.' },
};
const COMMANDS: ManifestCommand[] = [
  { id: 'agent', summary: 'Run an agent.', flags: {}, args: {} },
  { id: 'agent:list', summary: 'List.', flags, args: {} },
  { id: 'task:list', summary: 'List.', flags, args: {} },
  { id: 'task:logs', summary: 'Logs.', flags, args: { task: { name: 'task' } } },
  { id: 'completion', flags: {}, args: { shell: { name: 'shell', options: ['bash', 'zsh'] } } },
  { id: 'secret', hidden: true, flags: {}, args: {} },
];
const asked: string[] = [];
const ids = async (kind: string): Promise<Suggestion[]> => {
  asked.push(kind);
  return kind === 'task'
    ? [{ word: 'sleep.1', description: 'TASK_RUNNING' }]
    : [{ word: `${kind}-x`, description: '' }];
};
const words = async (...line: string[]): Promise<string[]> =>
  (await complete(line, COMMANDS, ids)).map(({ word }) => word);

test('commands and topics, not the hidden ones', async () => {
  expect(await words('')).toEqual(['agent', 'task', 'completion']);
  expect(await words('ta')).toEqual(['task']);
  expect(await words('task', 'l')).toEqual(['list', 'logs']);
});
test('what is below a command that is a topic too', async () => {
  expect(await words('agent', '')).toEqual(['list']);
});
test('flags and their values', async () => {
  expect(await words('task', 'list', '--j')).toEqual(['--json']);
  expect(await words('task', 'list', '-o', '')).toEqual(['table', 'json']);
  expect(await words('task', 'list', '--context', '')).toEqual(['context-x']);
});
test('ids from the server, where one is wanted', async () => {
  expect(await words('task', 'logs', 'sl')).toEqual(['sleep.1']);
  expect(await words('task', 'logs', '--json', '')).toEqual(['sleep.1']);
  expect(await words('task', 'logs', 'sleep.1', '')).toEqual([]);
});
test('fixed words of an argument', async () => {
  expect(await words('completion', '')).toEqual(['bash', 'zsh']);
});
test("nothing after -- (that is somebody else's command)", async () => {
  expect(await words('task', 'logs', '--', '')).toEqual([]);
});
test('the bash script is one that bash understands', () => {
  expect(() => execFileSync('bash', ['-n'], { input: completionScript('bash') })).not.toThrow();
  expect(() => completionScript('tcsh')).toThrow(/no completion/);
});
