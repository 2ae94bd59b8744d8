// What goes wrong with state and elections, as a person reads it.
import { BackupError } from '../../cluster/backup/index.ts';
import { ElectionError } from '../../cluster/election.ts';
import { StoreError } from '../../cluster/store.ts';
import { ZooKeeperError } from '../../cluster/zookeeper/zookeeper-error.ts';
import { type Service, titleOf } from '../ensemble/services.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { sentence } from '../output/sentence.ts';
import { Problem } from '../problem.ts';

/** The same work, and its errors as Problems. `what` is the sentence about all of it. */
export async function asProblems<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw stateProblem(error, what);
  }
}

/** A Problem for errors of stores, elections, ensembles and backups; anything else as it is. */
export function stateProblem(error: unknown, what: string): unknown {
  const code = exitCodeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const next = NEXT[code];
  return new Problem(code, { what, why: sentence(error.message), ...(next && { next }) }, { cause: error });
}

/** For state that is not of the service it is taken for. `taken` is what it was taken for, as a sentence without its stop. */
export function otherService(what: string, taken: string, found: readonly Service[]): Problem {
  return new Problem(EXIT.conflict, {
    what,
    why: `${taken}, and what is there is the state of a ${found.map(titleOf).join(' or of a ')}.`,
    next: 'Check the address and the service.',
  });
}

const NEXT: Partial<Record<ExitCode, string>> = {
  [EXIT.unreachable]: 'Check the address; --timeout gives it more time.',
};

function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof BackupError) return EXIT.failed;
  if (error instanceof ElectionError) return ELECTION[error.code];
  if (error instanceof ZooKeeperError) return ofZooKeeper(error);
  if (!(error instanceof StoreError)) return undefined;
  if (error.code === 'fenced' || error.code === 'conflict') return EXIT.conflict;
  return error.cause instanceof ZooKeeperError ? ofZooKeeper(error.cause) : EXIT.failed;
}

const ELECTION: Readonly<Record<ElectionError['code'], ExitCode>> = {
  locked: EXIT.conflict,
  closed: EXIT.failed,
  unreachable: EXIT.unreachable,
  'not-allowed': EXIT.notAllowed,
};

function ofZooKeeper(error: ZooKeeperError): ExitCode {
  if (error.code === 'no-auth' || error.code === 'auth-failed') return EXIT.notAllowed;
  return error.mayHaveHappened ? EXIT.unreachable : EXIT.failed;
}
