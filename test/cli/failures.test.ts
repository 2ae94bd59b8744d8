import { describe, expect, test } from 'vitest';
import { integerFlag } from '../../src/cli/amount-flags.ts';
import { problemFrom } from '../../src/cli/failures.ts';
import { taskState } from '../../src/cli/views/tasks.ts';
import { ApiError, errorFromStatus } from '../../src/client/api-error.ts';

describe('failures as people read them', () => {
  test('of the web page of another program only the title is told', () => {
    const page = '<!DOCTYPE HTML>\n<html><head><title>Error response</title></head><body>long</body></html>';
    const { text } = problemFrom(errorFromStatus('http://127.0.0.1:80', 'POST /api/v1', 501, page));
    expect(text.what).toBe('http://127.0.0.1:80 answered with HTTP status 501.');
    expect(text.why).toBe("It says: a web page, 'Error response'");
  });

  test('an answer that lacks a hundred fields is told in a few lines', () => {
    const cause = new Error(`Missing required fields: ${'get_state.x, '.repeat(100)}`);
    const { text } = problemFrom(new ApiError('unreadable', 'http://127.0.0.2:5051', 'unreadable', { cause }));
    expect(text.why?.length).toBeLessThan(310);
  });

  test('a task state that does not exist is wrong usage', () => {
    expect(taskState('running')).toBe('TASK_RUNNING');
    expect(taskState('task_failed')).toBe('TASK_FAILED');
    expect(() => taskState('bogus')).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  test('a number flag that gets none is wrong usage', async () => {
    const parse = integerFlag({ min: 1 }).parse;
    const given = async (input: string): Promise<unknown> => parse(input, {} as never, { min: 1 } as never);
    await expect(given('abc')).rejects.toMatchObject({ exitCode: 2 });
    await expect(given('0')).rejects.toMatchObject({ exitCode: 2 });
    await expect(given('7')).resolves.toBe(7);
  });

  test.each([
    ['Missing 2 required args:\napp        Its id.\ninstances  5, +2.', 'APP and INSTANCES are missing.'],
    [
      'Missing 1 required arg:\ntask  Its id.\n\nNote: --env allows multiple values.\nAlternatively, you can use "--".',
      'TASK is missing.',
    ],
    ['The following error occurred:\n  \u001b[2mMissing required flag file\u001b[22m', '--file is missing.'],
    [
      'The following error occurred:\n All of the following must be provided when using --rollback: --timeout',
      '--rollback needs --timeout.',
    ],
    [
      'The following error occurred:\n --detach=true cannot also be provided when using --rollback',
      '--detach does not go with --rollback.',
    ],
  ])('the parser is told in few words: %j', (message, what) => {
    const error = Object.assign(new Error(`${message}\nSee more help with --help`), { parse: {} });
    expect(problemFrom(error)).toMatchObject({ exitCode: 2, text: { what } });
  });

  test.each(['Flag --label expects a value', 'Flag --limit can only be specified once'])(
    '%s: wrong usage',
    (message) => {
      expect(problemFrom(new Error(message)).exitCode).toBe(2);
    },
  );
});
