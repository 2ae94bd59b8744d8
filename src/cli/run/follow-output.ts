// A task's stdout and stderr as they grow, byte for byte, until told that the task has ended; then to their ends.
import { ApiError, type FilesClient } from '../../client/operator.ts';
import type { Clock } from '../../world/world.ts';

const BUSY_POLL_MS = 60;
const IDLE_POLL_MS = 400;
/** Tries for a file that should be there by now: the agent may be restarting. */
const LAST_TRIES = 20;

/** One file of a sandbox, and where what it gets goes. */
export interface FollowedFile {
  readonly path: string;
  /** No more is read until it resolves: a slow reader slows us, and nothing piles up. */
  readonly write: (bytes: Uint8Array) => Promise<void> | void;
  /** Where to begin, in bytes. */
  readonly offset?: number;
}

/** Reads until it is told that the task has ended, and then to the end. */
export interface OutputFollower {
  /** The task has ended: resolves when everything it wrote has been delivered. False: some of it could not be had. */
  finish(): Promise<boolean>;
  stop(): void;
}

/** Starts following. Files that are not there yet are waited for. */
export function followOutput(files: FilesClient, clock: Clock, followed: readonly FollowedFile[]): OutputFollower {
  let ended = false;
  let stopped = false;
  /** Wakes the waiting readers when the task has ended. */
  const wake = new Set<() => void>();
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        wake.delete(done);
        resolve();
      };
      const timer = clock.setTimer(ms, done);
      wake.add(done);
    });

  async function follow({ path, write, offset: first = 0 }: FollowedFile): Promise<boolean> {
    let offset = first;
    let pollMs = BUSY_POLL_MS;
    let triesLeft = LAST_TRIES;
    while (!stopped) {
      const endedBefore = ended;
      try {
        const { data } = await files.read(path, offset);
        if (stopped) break;
        offset += data.length;
        if (data.length > 0) {
          await write(data);
          pollMs = BUSY_POLL_MS;
          continue;
        }
        // Empty, and the task had ended before we asked: that was the end.
        if (endedBefore) return true;
        pollMs = Math.min(IDLE_POLL_MS, pollMs * 1.5);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (endedBefore) {
          triesLeft -= 1;
          if (triesLeft === 0) return false;
        }
      }
      await pause(pollMs);
    }
    return false;
  }

  const readers = followed.map(follow);
  return {
    async finish() {
      ended = true;
      for (const fn of [...wake]) fn();
      return (await Promise.all(readers)).every(Boolean);
    },
    stop() {
      stopped = true;
      for (const fn of [...wake]) fn();
    },
  };
}
