// What agents answer about a task, as a person is told it.
import { describe, expect, test } from 'vitest';
import { askingAgent, readingFile } from '../../../src/cli/tasks/agent-problems.ts';
import { ApiError, errorFromStatus } from '../../../src/client/api-error.ts';

const AGENT = 'http://10.0.0.1:5051';
const silent = new ApiError('unreachable', AGENT, 'x', { cause: new Error('no answer within 2000 ms') });
const fails = (error: Error) => () => Promise.reject(error);

describe('an agent that does not answer', () => {
  test('is told as the agent of that task, not as a master', async () => {
    for (const asked of [askingAgent('web.1', fails(silent)), readingFile('web.1', 'log', fails(silent))]) {
      await expect(asked).rejects.toMatchObject({
        exitCode: 8,
        text: { what: `The agent of task 'web.1' does not answer at ${AGENT}.`, why: 'no answer within 2000 ms' },
      });
    }
  });
});

describe('what an agent says of a file', () => {
  const said = (status: number, text: string) =>
    readingFile('web', 'log', fails(errorFromStatus(AGENT, 'x', status, text)));

  test('becomes a sentence with the exit code for it', async () => {
    await expect(said(404, '')).rejects.toMatchObject({ exitCode: 3 });
    await expect(said(400, "'/x/log' is inaccessible.")).rejects.toMatchObject({ exitCode: 9 });
    await expect(said(400, 'Cannot read a directory.')).rejects.toMatchObject({ exitCode: 2 });
  });

  test('stays what it is when it is something else', async () => {
    await expect(said(500, 'no idea')).rejects.toMatchObject({ code: 'failed', said: 'no idea' });
    await expect(said(400, 'negative offset')).rejects.toMatchObject({ code: 'refused' });
  });
});
