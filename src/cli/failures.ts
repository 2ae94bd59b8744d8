// Turns whatever was thrown into a Problem: the one place that knows how errors of other layers read to a person.
import { ApiError } from '../client/api-error.ts';
import { SchedulerError } from '../client/scheduler/errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { nearest } from './ids.ts';
import { Problem } from './problem.ts';

export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ApiError) return fromApiError(error);
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
  const why = said === '' ? undefined : `It says: ${said}`;
  switch (error.code) {
    case 'unreachable':
      return unreachable(address, error.cause instanceof Error ? error.cause.message : error.message, options);
    case 'unavailable':
      return new Problem(
        EXIT.unreachable,
        {
          what: `The master at ${address} cannot answer now.`,
          why: said === '' ? 'It does not lead, or is still starting.' : `It says: ${said}`,
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
        { what: error.message, next: `Check that a Mesos master or agent listens at ${address}.` },
        options,
      );
    case 'refused': {
      const code: ExitCode = error.status === 409 ? EXIT.conflict : EXIT.failed;
      return new Problem(code, { what: `${address} refused the request.`, ...(why && { why }) }, options);
    }
    case 'failed':
      return new Problem(EXIT.failed, { what: error.message }, options);
  }
}

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
  return new Problem(EXIT.failed, { what: 'The master refused.', why: error.message }, options);
}

/** Errors of the command line's own parser, and of the daemons' flag tables. */
interface UsageError extends Error {
  /** Of a flag that does not exist. */
  readonly flags?: unknown;
  readonly parse?: { readonly input?: { readonly flags?: object } };
}

function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && ('parse' in error || error.name === 'FlagError');
}

function fromUsageError(error: UsageError): Problem {
  const [first = '', ...rest] = error.message.replace(/\nSee more help with --help$/, '').split('\n');
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
