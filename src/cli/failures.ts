// Turns whatever was thrown into a Problem: the one place that knows how errors of other layers read to a person.
import { stripVTControlCharacters } from 'node:util';
import { ApiError } from '../client/api-error.ts';
import { ChronosError } from '../client/chronos/error.ts';
import { MarathonError } from '../client/marathon/error.ts';
import { SchedulerError } from '../client/scheduler/errors.ts';
import { chronosProblem } from './chronos/problems.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { nearest } from './ids.ts';
import { marathonProblem } from './marathon/problems.ts';
import { Problem } from './problem.ts';

/** Never throws. What is not known here is told with its own message and EXIT.failed. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ApiError) return fromApiError(error);
  if (error instanceof MarathonError) return marathonProblem(error);
  if (error instanceof ChronosError) return chronosProblem(error);
  if (error instanceof SchedulerError) return fromSchedulerError(error);
  if (isUsageError(error)) return fromUsageError(error);
  const problem = new Problem(
    EXIT.failed,
    {
      what: error instanceof Error ? error.message : String(error),
      next: 'MCTL_DEBUG=1 shows where this comes from.',
    },
    { cause: error },
  );
  return problem;
}

function fromApiError(error: ApiError): Problem {
  const { address, said } = error;
  const options = { cause: error };
  const why = said === '' ? undefined : `It says: ${brief(said)}`;
  switch (error.code) {
    case 'unreachable':
      return unreachable(address, error.cause instanceof Error ? error.cause.message : error.message, options);
    case 'unavailable':
      return new Problem(
        EXIT.unreachable,
        {
          what: `The master at ${address} cannot answer now.`,
          why: why ?? 'It does not lead, or is still starting.',
          next: 'Try again in a few seconds.',
        },
        options,
      );
    case 'forbidden':
      return new Problem(EXIT.notAllowed, { what: `${address} does not allow this.`, ...(why && { why }) }, options);
    case 'not-found':
      return new Problem(EXIT.notFound, { what: `${address} does not have that.`, ...(why && { why }) }, options);
    case 'unreadable':
      return new Problem(
        EXIT.failed,
        {
          what: `${address} did not answer as a Mesos daemon does.`,
          why: brief(error.cause instanceof Error ? error.cause.message : error.message),
          next: `Check that the right daemon listens at ${address}: the port of a master is 5050, of an agent 5051.`,
        },
        options,
      );
    case 'refused': {
      const code: ExitCode = error.status === 409 ? EXIT.conflict : EXIT.failed;
      return new Problem(code, { what: `${address} refused the request.`, ...(why && { why }) }, options);
    }
    case 'failed':
      return new Problem(
        EXIT.failed,
        {
          what: `${address} answered with HTTP status ${error.status ?? 500}.`,
          ...(why && { why }),
          next: `Check that a Mesos master or agent listens at ${address}.`,
        },
        options,
      );
  }
}

/** Room for a sentence or two; what is longer is a web page, or a list of everything that a message lacks. */
const BRIEF_CHARACTERS = 300;

/** What somebody else said, short enough to be read; of a web page its title. */
function brief(said: string): string {
  const isPage = /<(?:!doctype )?html/i.test(said.slice(0, BRIEF_CHARACTERS));
  const title = isPage ? (/<title[^>]*>([^<]*)/i.exec(said)?.[1]?.trim() ?? '') : '';
  if (isPage) return title === '' ? 'a web page' : `a web page, '${title.slice(0, BRIEF_CHARACTERS)}'`;
  return said.length <= BRIEF_CHARACTERS ? said : `${said.slice(0, BRIEF_CHARACTERS)}…`;
}

/** `why` in words of the network's error. */
export function unreachable(address: string, why: string, options?: ErrorOptions): Problem {
  return new Problem(
    EXIT.unreachable,
    {
      what: `No master answers at ${address}.`,
      why,
      next: [
        'mctl cluster status      (is the local cluster running?)',
        'mctl --help              (--master, --context)',
      ],
    },
    options,
  );
}

function fromSchedulerError(error: SchedulerError): Problem {
  const options = { cause: error };
  if (error.code === 'forbidden') {
    return new Problem(
      EXIT.notAllowed,
      { what: 'The master does not let this framework in.', why: error.message },
      options,
    );
  }
  return new Problem(EXIT.failed, { what: 'The master refused.', why: brief(error.message) }, options);
}

/** Errors of the command line's own parser, and of the daemons' flag tables. */
interface UsageError extends Error {
  /** Of a flag that does not exist. */
  readonly flags?: unknown;
  readonly parse?: { readonly input?: { readonly flags?: object } };
}

function isUsageError(error: unknown): error is UsageError {
  return (
    error instanceof Error &&
    ('parse' in error || error.name === 'FlagError' || /^Flag --\S+ (?:expects |can only be )/.test(error.message))
  );
}

/** The parser's sentences, made shorter. Lines. */
function inOurWords(message: string): string[] {
  const missing = /^Missing \d+ required args?:\n/.exec(message);
  if (missing !== null) {
    // Notes about flags come after an empty line; --help says as much.
    const described =
      message
        .slice(missing[0].length)
        .split(/\n\s*(?:\n|$)/, 1)[0]
        ?.split('\n') ?? [];
    const names = described.map((line) => /^\S+/.exec(line)?.[0].toUpperCase() ?? '').filter((name) => name !== '');
    return [`${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} missing.`, ...described];
  }
  const failed = /^The following errors? occurred:\n/.exec(message);
  if (failed === null) return message.split('\n');
  return stripVTControlCharacters(message.slice(failed[0].length))
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^Missing required flag (\S+)$/, '--$1 is missing.')
        .replace(/^All of the following must be provided when using (\S+): (.*)$/, '$1 needs $2.')
        .replace(/^(\S+) cannot also be provided when using (\S+)$/, '$1 does not go with $2.')
        .replace(/=true\b/g, ''),
    );
}

function fromUsageError(error: UsageError): Problem {
  const [first = '', ...rest] = inOurWords(error.message.replace(/\nSee more help with --help$/, ''));
  const unknown = Array.isArray(error.flags) ? String(error.flags[0]) : undefined;
  const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`);
  const near = unknown === undefined ? undefined : nearest(unknown, known);
  const why = near === undefined ? rest.join('\n').trim() : `Did you mean ${near}?`;
  const what = unknown === undefined ? first : `There is no flag ${unknown} here`;
  return new Problem(
    EXIT.usage,
    {
      what: /[.!?:]$/.test(what) ? what : `${what}.`,
      ...(why !== '' && { why }),
      next: 'Add --help to see what there is.',
    },
    { cause: error },
  );
}
