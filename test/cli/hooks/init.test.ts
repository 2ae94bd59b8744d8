// Command lines that name no command are told so; all others are left to their command.
import { afterEach, expect, test, vi } from 'vitest';
import hook from '../../../src/cli/hooks/init.ts';

const commands = [
  'agent',
  'agent:list',
  'agent:maintenance',
  'agent:maintenance:start',
  'task:list',
  'task:files',
  'task:files:get',
  'completion',
  'run',
  'app:apply',
].map((id) => ({
  id,
  hidden: false,
  args: id === 'task:files' ? { task: {} } : {},
  flags: id === 'app:apply' ? { file: {} } : {},
}));
const config = {
  commands,
  findCommand: (id: string) => commands.find((command) => command.id === id),
  // As oclif's: a command is a topic too.
  findTopic: (id: string) => commands.find((command) => command.id === id || command.id.startsWith(`${id}:`)),
};

afterEach(() => vi.restoreAllMocks());

/** What is said, or undefined when the line goes on to its command. */
async function refusal(id: string, ...argv: string[]): Promise<string | undefined> {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await hook.call({} as never, { id, argv, config } as never);
  return exit.mock.calls.length === 0 ? undefined : write.mock.calls.map(([text]) => String(text)).join('');
}

test.each([
  ['agent', 'lst', 'mctl agent list'],
  ['task', 'lst', 'mctl task list'],
  ['rnu', '', 'mctl run'],
])('mctl %s %s is told what is near', async (id, word, near) => {
  expect(await refusal(id, ...(word === '' ? [] : [word]))).toContain(`Did you mean '${near}'?`);
});

test('where there is more to read is the nearest topic', async () => {
  for (const said of [await refusal('agent:maintenance', 'lst'), await refusal('agent:maintenance:lst')]) {
    expect(said).toContain('Try: mctl agent maintenance --help');
  }
  expect(await refusal('agent:lst')).toContain('Try: mctl agent --help');
  expect(await refusal('rnu')).toContain('Try: mctl --help');
});

test.each([
  ['completion', 'bash'],
  ['run', 'echo'],
  ['agent', '--master=x'],
  ['agent:list', 'x'],
  ['task:files', 'napper'],
])('mctl %s %s is its command’s business', async (id, word) => {
  expect(await refusal(id, word)).toBeUndefined();
});

test('a file that stands where only -f takes one is told so', async () => {
  const said = await refusal('app:apply:web.yaml');
  expect(said).toContain("'mctl app apply' takes no 'web.yaml'.");
  expect(said).toContain('mctl app apply -f web.yaml');
});

test('a word too many is told so', async () => {
  expect(await refusal('task:list:extra')).toContain("'mctl task list' takes no 'extra'.");
});
