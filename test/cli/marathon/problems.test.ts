// Exit codes of what Marathon answers when nobody leads.
import { expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { marathonProblem } from '../../../src/cli/marathon/problems.ts';
import { MarathonError } from '../../../src/client/marathon/error.ts';

test.each([
  ['unavailable', 503, EXIT.unreachable],
  ['failed', 502, EXIT.unreachable],
  ['failed', 504, EXIT.unreachable],
  ['failed', 500, EXIT.failed],
] as const)('%s with status %s ends with exit code %s', (code, status, exitCode) => {
  const error = new MarathonError(code, 'http://h:8080', 'Could not determine the current leader', { status });
  expect(marathonProblem(error)).toMatchObject({ exitCode });
});
