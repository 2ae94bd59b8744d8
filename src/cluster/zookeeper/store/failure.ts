// What a daemon is told when ZooKeeper does not do its part.
import { StoreError } from '../../store.ts';
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
      return (
        `${where} does not let us at ${error.path ?? 'it'}: it belongs to another user. ` +
        'Give the credentials of that user in the address (zk://user:password@…), or take another path'
      );
    case 'auth-failed':
      return `${where} refuses the credentials of the address`;
    default:
      return error.message;
  }
}
