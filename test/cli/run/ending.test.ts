// Exit codes of `mctl run`.
import { expect, test } from 'vitest';
import { endingOf } from '../../../src/cli/run/ending.ts';
import type { TaskStatus } from '../../../src/mesos/generated/v1.ts';

const status = (more: Partial<TaskStatus>): TaskStatus => ({ task_id: { value: 't' }, state: 'TASK_FAILED', ...more });

test.each<[string, Partial<TaskStatus>, number, boolean]>([
  ['a command that ended well', { state: 'TASK_FINISHED', message: 'Command exited with status 0' }, 0, false],
  ['one that ended with 7', { message: 'Command exited with status 7' }, 7, false],
  ['a segmentation fault', { message: 'Command terminated with signal Segmentation fault' }, 139, true],
  ['one with a core', { message: 'Command terminated with signal Aborted (core dumped)' }, 134, true],
  ['one that was killed', { state: 'TASK_KILLED', message: 'Command terminated with signal Terminated' }, 143, true],
  [
    'one that was killed before it ran',
    { state: 'TASK_KILLED', message: 'Killed before delivery to the executor' },
    143,
    true,
  ],
  [
    'too much memory',
    { message: 'Memory limit exceeded: Requested: 96MB\n\nmany lines', reason: 'REASON_CONTAINER_LIMITATION_MEMORY' },
    137,
    true,
  ],
  ['a lost task', { state: 'TASK_LOST', message: 'Agent removed', reason: 'REASON_AGENT_REMOVED' }, 1, true],
  ['a refused task', { state: 'TASK_ERROR', message: 'Task uses no resources' }, 1, true],
])('%s', (_name, more, exitCode, hasWords) => {
  const ending = endingOf(status(more));
  expect(ending.exitCode).toBe(exitCode);
  expect(ending.words !== undefined).toBe(hasWords);
  expect(ending.words ?? '').not.toContain('\n');
});

test('who was killed because the agent is to be empty hears so', () => {
  const message = 'Command terminated with signal Terminated';
  const { words } = endingOf(status({ state: 'TASK_KILLED', message, reason: 'REASON_AGENT_DRAINING' }));
  expect(words).toBe('The task was killed: its agent is being drained.');
});
