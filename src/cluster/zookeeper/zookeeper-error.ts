// What can go wrong with an ensemble, by what the caller can do about it.

/**
 * `no-node`, `node-exists`, `bad-version`, `not-empty`: as ZooKeeper says. `no-auth`: the node's ACL refuses us.
 * `auth-failed`: the ensemble refuses our credentials. `connection-loss`: the connection broke under way, the operation
 * may have happened. `timed-out`: no answer in time, the operation may have happened or may happen yet. `session-lost`:
 * the session is over; the operation may have happened before that. `closed`: we closed it. `too-large`: refused before
 * it was sent. `other`: anything else the server said.
 */
export type ZooKeeperErrorCode =
  | 'no-node'
  | 'node-exists'
  | 'bad-version'
  | 'not-empty'
  | 'no-auth'
  | 'auth-failed'
  | 'connection-loss'
  | 'timed-out'
  | 'session-lost'
  | 'closed'
  | 'too-large'
  | 'other';

/** What more is known of an error. */
export interface ZooKeeperErrorOptions extends ErrorOptions {
  readonly path?: string | undefined;
  readonly failedStep?: number | undefined;
}

/** An operation that failed, or of which it is not known whether it happened. */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError';
  readonly code: ZooKeeperErrorCode;
  /** The node it was about. */
  readonly path: string | undefined;
  /** (multi) Which step was refused, from 0. */
  readonly failedStep: number | undefined;
  constructor(code: ZooKeeperErrorCode, message: string, options: ZooKeeperErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.path = options.path;
    this.failedStep = options.failedStep;
  }

  /** Whether the operation may have happened all the same: read back before it is repeated. */
  get mayHaveHappened(): boolean {
    return this.code === 'connection-loss' || this.code === 'timed-out' || this.code === 'session-lost';
  }
}
