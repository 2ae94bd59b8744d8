// What Marathon found wrong in a file, told with the lines where it stands.
import { MarathonError } from '../../../client/marathon.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { violationLines } from '../problems.ts';

/** Runs `send`; a definition that is not taken becomes Problem `usage` with every violation and its place. */
export async function withPlaces<T>(
  send: () => Promise<T>,
  what: string,
  place: (path: string) => string | undefined,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof MarathonError) || error.code !== 'invalid') throw error;
    throw new Problem(
      EXIT.usage,
      { what: `${what} is not valid.`, why: violationLines(error.message, error.violations, place) },
      { cause: error },
    );
  }
}
