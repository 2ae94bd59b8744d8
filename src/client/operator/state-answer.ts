// GET_STATE of a master that streams no events, read as the state of a stream is: piece by piece, and never for long at once.
import { CodecError } from '../../mesos/codec.ts';
import type { Clock, Timer } from '../../world/world.ts';
import { ApiError } from '../api-error.ts';
import type { MasterClient } from './master.ts';
import { ReadingTurns } from './reading-turns.ts';
import { type WholeStateListener, WholeStateReader } from './whole-state.ts';

/** Without a byte of it. */
const SILENCE_MS = 30_000;

/** A state that is asked for. */
export interface StateAnswer {
  /** Resolves when the listener has heard all of it, rejects with ApiError. Neither after `close`. */
  readonly whole: Promise<void>;
  close(): void;
}

/** Asks at once. Throws ApiError when there is no answer to be had. */
export async function openState(
  master: MasterClient,
  clock: Clock,
  listener: WholeStateListener,
): Promise<StateAnswer> {
  const stream = await master.stateStream();
  const { address } = master.api;
  const length = Number(stream.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  const turns = new ReadingTurns(stream, clock);
  let close = (): void => undefined;
  const whole = new Promise<void>((resolve, reject) => {
    let watchdog: Timer = clock.setTimer(SILENCE_MS, silent);
    let isOver = false;
    close = () => {
      isOver = true;
      watchdog.cancel();
      turns.cancel();
      stream.close();
    };
    function over(error?: ApiError): void {
      if (isOver) return;
      close();
      if (error === undefined) resolve();
      else reject(error);
    }
    function silent(): void {
      over(new ApiError('unreachable', address, `nothing heard from ${address} for ${SILENCE_MS / 1000} s`));
    }
    /** What cannot be read is the end of it. */
    function reading(read: () => void): void {
      if (isOver) return;
      try {
        read();
      } catch (cause) {
        if (!(cause instanceof CodecError)) throw cause;
        over(
          new ApiError('unreadable', address, `${address} answered GET_STATE unreadably: ${cause.message}`, { cause }),
        );
      }
    }
    const reader = new WholeStateReader(Number.isNaN(length) ? Number.POSITIVE_INFINITY : length, listener, 'answer');
    stream.onChunk((chunk) => {
      const startedMs = clock.monotonicMs();
      reading(() => reader.push(chunk));
      if (isOver) return;
      watchdog.cancel();
      watchdog = clock.setTimer(SILENCE_MS, silent);
      turns.hasRead(startedMs);
    });
    stream.onEnd((error) => {
      if (error !== undefined) over(new ApiError('unreachable', address, `${address} broke off: ${error.message}`));
      reading(() => reader.end());
      over();
    });
  });
  return { whole, close };
}
