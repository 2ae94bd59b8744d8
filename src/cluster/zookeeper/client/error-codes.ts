// What the numbers of ZooKeeper's errors mean to us. Of numbers that we do not know nothing follows but `other`
// (dependencies.md 2, trap 7: the library throws on them, in the middle of a chunk).
import { ZooKeeperError, type ZooKeeperErrorCode } from '../zookeeper-error.ts';

export const CONNECTION_LOSS = -4;
export const NO_NODE = -101;
const NOT_EMPTY = -111;
/** Another server has the session now: this one was asked too late. */
export const SESSION_MOVED = -118;

/** The ensemble has nothing to do with us. */
export const AUTH_FAILURES: ReadonlySet<number> = new Set([-115, -124]);

/** Whether it is the leader's answer: success, or what the tree does not allow. Others may be one server's own. */
export function isVerdict(code: number): boolean {
  return code === 0 || (code <= NO_NODE && code >= NOT_EMPTY);
}

interface Meaning {
  readonly code: ZooKeeperErrorCode;
  readonly words: string;
}

const MEANINGS = new Map<number, Meaning>([
  [-1, { code: 'other', words: 'the server failed' }],
  [-2, { code: 'other', words: 'another step of the same multi was refused' }],
  [-3, { code: 'other', words: 'the data of the server contradicts itself' }],
  [CONNECTION_LOSS, { code: 'connection-loss', words: 'the connection broke before the answer' }],
  [-5, { code: 'other', words: 'the server could not read the request' }],
  [-6, { code: 'other', words: 'the server does not know this operation' }],
  [-7, { code: 'timed-out', words: 'the server took too long' }],
  [-8, { code: 'other', words: 'the server does not take these arguments' }],
  [-13, { code: 'other', words: 'a change of the ensemble is under way' }],
  [NO_NODE, { code: 'no-node', words: 'there is no such node' }],
  [-102, { code: 'no-auth', words: 'its access list does not let us' }],
  [-103, { code: 'bad-version', words: 'it has another version' }],
  [-108, { code: 'other', words: 'an ephemeral node has no children' }],
  [-110, { code: 'node-exists', words: 'the node is there already' }],
  [NOT_EMPTY, { code: 'not-empty', words: 'the node has children' }],
  [-112, { code: 'session-lost', words: 'the session has expired' }],
  [-114, { code: 'other', words: 'the server does not take this access list' }],
  [-115, { code: 'auth-failed', words: 'the ensemble refuses our credentials' }],
  [SESSION_MOVED, { code: 'connection-loss', words: 'the session went on with another server' }],
  [-119, { code: 'other', words: 'the server may only be read' }],
  [-124, { code: 'auth-failed', words: 'the ensemble demands other credentials' }],
  [-125, { code: 'other', words: 'the quota is used up' }],
  [-127, { code: 'other', words: 'the server has too much to do' }],
]);

/** `what`: the operation and its node, as in `create /a/b`. */
export function errorOf(code: number, what: string, path?: string, failedStep?: number): ZooKeeperError {
  const meaning = MEANINGS.get(code) ?? { code: 'other', words: `the server answers with error ${code}` };
  return new ZooKeeperError(meaning.code, `${what}: ${meaning.words}`, { path, failedStep });
}
