// What keeps us from an election, said once and not with every attempt.
import { ElectionError } from '../../election.ts';
import type { ZooKeeperSession } from '../session.ts';
import { notAllowedWords } from '../trouble/not-allowed.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import type { Place } from './place.ts';

/** Whether nothing can be done in it any more. */
export const isOver = (session: ZooKeeperSession): boolean => session.state === 'lost' || session.state === 'closed';

/** One line of log when trouble begins or changes, one when it has passed. */
export class Trouble {
  readonly #place: Place;
  readonly #what: string;
  #last: string | undefined;

  constructor(place: Place, what: string) {
    this.#place = place;
    this.#what = what;
  }

  told(error: unknown): void {
    const why = explained(this.#place, error).message;
    if (why === this.#last) return;
    this.#last = why;
    this.#place.world.log.warn(`${this.#what}, it is tried again`, { why, error });
  }

  passed(): void {
    if (this.#last === undefined) return;
    this.#last = undefined;
    this.#place.world.log.info('the election is reachable again', { path: this.#place.path });
  }
}

/** What an operator can do about it. */
export function explained(place: Place, error: unknown): ElectionError {
  const { path, connection } = place;
  if (!(error instanceof ZooKeeperError)) throw error;
  const options = { cause: error };
  switch (error.code) {
    case 'no-auth':
    case 'auth-failed':
      return new ElectionError('not-allowed', notAllowedWords(connection.where, error, path), options);
    case 'closed':
      return new ElectionError('closed', 'the connection to ZooKeeper is closed', options);
    default:
      return new ElectionError('unreachable', `the election at ${path} is not reachable: ${error.message}`, options);
  }
}
