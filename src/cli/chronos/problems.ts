// What Chronos refuses, as a person reads it; the exit codes are those of exit-codes.ts.
import type { ChronosError } from '../../client/chronos/error.ts';
import { EXIT } from '../exit-codes.ts';
import { sentence } from '../output/sentence.ts';
import { Problem } from '../problem.ts';

/** Never throws. */
export function chronosProblem(error: ChronosError): Problem {
  const { address, message } = error;
  const options = { cause: error };
  switch (error.code) {
    case 'unreachable':
      return new Problem(
        EXIT.unreachable,
        {
          what: `No Chronos answers at ${address}.`,
          why: deepest(error).message,
          next: ['mctl cluster status      (is the local cluster running?)', '--chronos <host:port>'],
        },
        options,
      );
    case 'unavailable':
      return new Problem(
        EXIT.unreachable,
        {
          what: `The Chronos at ${address} cannot answer now.`,
          why: sentence(message),
          next: 'Try again in a second.',
        },
        options,
      );
    case 'unknown-job':
      return new Problem(EXIT.notFound, { what: sentence(message), next: 'mctl job list' }, options);
    case 'conflict':
      return new Problem(EXIT.conflict, { what: sentence(message), next: conflictStep(message) }, options);
    case 'invalid':
      return new Problem(
        EXIT.usage,
        { what: 'Chronos does not take this.', why: message.split('; ').join('\n') },
        options,
      );
    case 'forbidden':
      return new Problem(EXIT.notAllowed, { what: `The Chronos at ${address} does not allow this.` }, options);
    case 'no-such-path':
      return new Problem(
        EXIT.failed,
        {
          what: `The Chronos at ${address} cannot do this.`,
          why: 'It is another than that of mctl, or something else listens there.',
        },
        options,
      );
    case 'refused':
    case 'failed':
    case 'unreadable':
      return new Problem(EXIT.failed, { what: sentence(message), why: `Asked was ${address}.` }, options);
  }
}

/** Chronos quotes the job that it speaks of. */
function conflictStep(message: string): string {
  const [, name] = /'([^']+)'/.exec(message) ?? [];
  return name === undefined ? 'mctl job list' : `mctl job show ${name}`;
}

function deepest(error: Error): Error {
  return error.cause instanceof Error ? deepest(error.cause) : error;
}
