// Operations as promises: limits, deadlines, and an error for each when the session is over (dependencies.md 2, trap 5).
import type { Clock } from '../../../world/world.ts';
import type { SessionState } from '../session.ts';
import { ZooKeeperError } from '../zookeeper-error.ts';
import { Deadlines } from './deadlines.ts';
import { errorOf, NO_NODE } from './error-codes.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import type { Question } from './requests.ts';

/** Operations without an answer, sent or not. More are refused. */
const MAX_UNANSWERED = 50_000;
const MAX_UNANSWERED_BYTES = 256 * 1024 * 1024;
/** They are given up after so many session time-outs. */
const PATIENCE = 2;
/** Instead of an error number of the server, which are negative. */
const ENDED = 1;

/** Of one session. */
export class Operations {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #connection: GuardedConnection;
  readonly #stateNow: () => SessionState;
  readonly #deadlines = new Deadlines();
  #unanswered = 0;
  #unansweredBytes = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>, connection: GuardedConnection, stateNow: () => SessionState) {
    this.#clock = clock;
    this.#connection = connection;
    this.#stateNow = stateNow;
  }

  /** Rejects with ZooKeeperError only. `pose` may throw one, as for a request that is too large. */
  ask<T>(pose: () => Question<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const question = pose();
      this.#admit(question);
      const operation = { isSettled: false, giveUp };
      const packet = this.#connection.ask(question, (code, answer) => {
        operation.isSettled = true;
        this.#unanswered -= 1;
        this.#unansweredBytes -= question.bytes;
        if (code === ENDED) reject(this.#over(question));
        else if (code === NO_NODE && question.absent !== undefined) resolve(question.absent());
        else if (code !== 0) reject(errorOf(code, question.what, question.path));
        else settle(question, answer, resolve, reject);
      });
      const patienceMs = this.#connection.timeoutMs * PATIENCE;
      this.#deadlines.add(this.#clock.monotonicMs() + patienceMs, operation);

      function giveUp(): void {
        packet.isWithdrawn = true;
        reject(timedOut(question, patienceMs, packet.sentMs !== undefined));
      }
    });
  }

  /** Gives up what is due. */
  tick(nowMs: number): void {
    this.#deadlines.tick(nowMs);
  }

  /** The session is over: tells everybody who waits. */
  end(): void {
    for (const packet of this.#connection.drain()) packet.reply(ENDED, Buffer.alloc(0));
  }

  #admit(question: Question<unknown>): void {
    const state = this.#stateNow();
    if (state === 'lost' || state === 'closed') throw this.#over(question);
    if (this.#unanswered >= MAX_UNANSWERED || this.#unansweredBytes >= MAX_UNANSWERED_BYTES) {
      const message = `${question.what}: ${this.#unanswered} operations wait for answers already`;
      throw new ZooKeeperError('other', message, { path: question.path });
    }
    this.#unanswered += 1;
    this.#unansweredBytes += question.bytes;
  }

  #over({ what, path }: Question<unknown>): ZooKeeperError {
    if (this.#stateNow() === 'closed') return new ZooKeeperError('closed', `${what}: the session was closed`, { path });
    return new ZooKeeperError('session-lost', `${what}: the session is over`, { path });
  }
}

function timedOut({ what, path }: Question<unknown>, patienceMs: number, wasSent: boolean): ZooKeeperError {
  const outcome = wasSent ? 'it may have happened' : 'it was not sent';
  return new ZooKeeperError('timed-out', `${what}: no answer within ${patienceMs / 1_000} s, ${outcome}`, { path });
}

/** Throws when the answer cannot be read: then nothing more of this connection can be trusted. */
function settle<T>(
  question: Question<T>,
  answer: Buffer,
  resolve: (value: T) => void,
  reject: (error: ZooKeeperError) => void,
): void {
  try {
    resolve(question.read(answer));
  } catch (cause) {
    if (cause instanceof ZooKeeperError) {
      reject(cause);
      return;
    }
    const { what, path } = question;
    reject(new ZooKeeperError('connection-loss', `${what}: the answer cannot be read`, { path, cause }));
    throw cause;
  }
}
