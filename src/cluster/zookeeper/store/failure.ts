// What a daemon is told when ZooKeeper does not do its part.
import { StoreError } from '../../store.ts';
import { notAllowedWords } from '../trouble/not-allowed.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';

/** Whether the same may succeed a moment later. */
export function mayPass(error: unknown): boolean {
  return error instanceof ZooKeeperError && error.mayHaveHappened;
}

/** `what` as in "the state at … could not be read"; `where` the ensemble. The ZooKeeperError is the cause. */
export function storeError(error: unknown, what: string, where: string): StoreError {
  if (error instanceof StoreError) return error;
  if (!(error instanceof ZooKeeperError)) throw error;
  return new StoreError('failed', `${what}: ${reason(error, where)}`, { cause: error });
}

function reason(error: ZooKeeperError, where: string): string {
  switch (error.code) {
    case 'no-auth':
    case 'auth-failed':
      return notAllowedWords(where, error);
    default:
      return error.message;
  }
}
