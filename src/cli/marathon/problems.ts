// What Marathon refuses, as a person reads it; the exit codes are those of exit-codes.ts.
import type { MarathonError, MarathonViolation } from '../../client/marathon/error.ts';
import { EXIT } from '../exit-codes.ts';
import { capitalised } from '../output/sentence.ts';
import { Problem } from '../problem.ts';

/** Of errors that know nothing of a file. */
export function marathonProblem(error: MarathonError): Problem {
  const options = { cause: error };
  const { address, message } = error;
  switch (error.code) {
    case 'unreachable':
      return new Problem(
        EXIT.unreachable,
        {
          what: `No Marathon answers at ${address}.`,
          why: deepest(error).message,
          next: ['mctl cluster status      (is the local cluster running?)', '--marathon <host:port>'],
        },
        options,
      );
    case 'unavailable':
      return cannotAnswer(address, message, options);
    case 'locked':
      return lockedProblem(error);
    case 'exists':
      return new Problem(EXIT.conflict, { what: sentence(message) }, options);
    case 'invalid':
      return new Problem(
        EXIT.usage,
        { what: 'Marathon does not take this.', why: violationLines(error.message, error.violations, () => undefined) },
        options,
      );
    case 'not-found':
      return new Problem(EXIT.notFound, { what: sentence(message), ...listOf(message) }, options);
    case 'forbidden':
      return new Problem(
        EXIT.notAllowed,
        { what: `The Marathon at ${address} does not allow this.`, why: brief(message) },
        options,
      );
    case 'no-such-path':
    case 'unreadable':
      return new Problem(
        EXIT.failed,
        {
          what: `${address} did not answer as a Marathon does.`,
          why: brief(deepest(error).message),
          next: `Check that a Marathon listens at ${address}: its port is 8080, that of a master 5050.`,
        },
        options,
      );
    case 'refused':
      return new Problem(EXIT.failed, { what: `The Marathon at ${address} refused.`, why: brief(message) }, options);
    case 'failed':
      // One that hands on to a leader that is not there, as the original answers then.
      if (error.status === 502 || error.status === 504) return cannotAnswer(address, message, options);
      return new Problem(
        EXIT.failed,
        { what: `The Marathon at ${address} failed with HTTP status ${error.status ?? 500}.`, why: brief(message) },
        options,
      );
  }
}

function cannotAnswer(address: string, message: string, options: ErrorOptions): Problem {
  return new Problem(
    EXIT.unreachable,
    {
      what: `The Marathon at ${address} cannot answer now.`,
      why: brief(message),
      next: ['Try again in a few seconds.', 'mctl leader      (who leads, and who stands for election)'],
    },
    options,
  );
}

/** Where what is there can be seen. */
function listOf(message: string): { next?: string } {
  const kind = /^(app|group)\b/i.exec(message)?.[1]?.toLowerCase();
  return kind === undefined ? {} : { next: `mctl ${kind} list` };
}

function lockedProblem(error: MarathonError): Problem {
  const [first = '', ...others] = error.deployments;
  const names =
    others.length === 0 ? `deployment ${first} changes it` : `deployments ${error.deployments.join(', ')} change it`;
  return new Problem(
    EXIT.conflict,
    {
      what: 'It is locked.',
      why: `${capitalised(names)} now.`,
      next: [`mctl deployment watch ${first}      (wait for it)`, 'Add --force to cancel it and go on.'],
    },
    { cause: error },
  );
}

/** One line a violation; `where` is the place in a file, such as `web.yaml:12`. */
export function violationLines(
  message: string,
  violations: readonly MarathonViolation[],
  where: (path: string) => string | undefined,
): string {
  if (violations.length === 0) return brief(message);
  const placed = violations.map((violation) => ({ ...violation, place: where(violation.path) }));
  return placed
    .sort((a, b) => byLine(a.place ?? '', b.place ?? ''))
    .flatMap(({ place, path, errors }) =>
      errors.map((text) => [...(place === undefined ? [] : [place]), path, errorWords(text)].join('  ')),
    )
    .join('\n');
}

/** As they come in the file; equal ones stay as they are. */
function byLine(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

const WORDS: Readonly<Record<string, string>> = {
  'error.path.missing': 'is missing',
  'error.expected.jsstring': 'must be a text; put quotes round it',
  'error.expected.jsnumber': 'must be a number',
  'error.expected.jsarray': 'must be a list',
  'error.expected.jsobject': 'must be an object',
  'error.expected.jsboolean': 'must be true or false',
  'error.expected.int': 'must be a whole number',
  'error.minLength': 'is too short',
  'error.maxLength': 'is too long',
  'error.min': 'is too small',
  'error.max': 'is too large',
  'error.pattern': 'is not of the form it must have',
  'error.unknown.enum.literal': 'is none of the values that it may have',
};

/** Marathon's keys in plain words; the key stays for those who look for it. */
function errorWords(text: string): string {
  // The id's pattern would fill the screen.
  if (/^must fully match regular expression '\^\(\(\[a-z0-9\]/.test(text))
    return 'must be lower-case words of letters, digits and dashes, apart by dots, with / between them';
  const words = WORDS[text];
  return words === undefined ? text : `${words} (${text})`;
}

const BRIEF_CHARACTERS = 400;

function brief(text: string): string {
  return text.length <= BRIEF_CHARACTERS ? text : `${text.slice(0, BRIEF_CHARACTERS)}…`;
}

function sentence(text: string): string {
  const short = brief(text);
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** The error at the bottom: that of the network, or of the reader. */
function deepest(error: Error): Error {
  let found = error;
  while (found.cause instanceof Error) found = found.cause;
  return found;
}
