// What passes between a session and its connection.
import type { Packet } from 'node-zookeeper-client/lib/ConnectionManager.js';
import type { Trouble } from '../trouble/trouble.ts';
import type { Question, WatchedPaths } from './requests.ts';

/** What a connection tells. Every method is called from the socket's or a timer's turn, and must not throw. */
export interface ConnectionListener {
  /** A server has taken us; questions of the listener asked in this call go before those that wait. */
  connected(): void;
  /** The connection that served broke, and all that was on its way was called back. Another try is under way. */
  disconnected(): void;
  /** A try failed, or the connection that served. */
  trouble(trouble: Trouble): void;
  /** Nothing follows. */
  ended(why: 'expired' | 'auth-failed' | 'closed'): void;
  /** A watch fired: number of the event and path. */
  event(type: number, path: string): void;
  watchedPaths(): WatchedPaths;
}

/** How a question ended: its error number, or the bytes of the answer. */
export type Reply = (code: number, answer: Buffer) => void;

/** A question in the queue. */
export interface SentPacket extends Packet {
  readonly question: Question<unknown>;
  readonly reply: Reply;
  /** Belongs to one connection and ends with it, unsent or not. */
  readonly ofConnection: boolean;
  sentMs: number | undefined;
  /** Set when nobody waits for it any more: what was not sent by then never is. */
  isWithdrawn: boolean;
}
