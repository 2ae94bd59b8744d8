// Where a daemon of the command line keeps its state and stands for election: opened by start-*.ts, given back at the end.
import type { Election } from '../../cluster/election.ts';
import type { Store } from '../../cluster/store.ts';
import type { Clock } from '../../world/world.ts';
import type { RunningDaemon } from './running-daemon.ts';

/** An ensemble that is down must not keep the process: its session ends by itself. */
const RELEASE_LIMIT_MS = 2_000;

/** Store and election, and how to let go of them. */
export interface DaemonState {
  readonly store: Store;
  readonly election: Election;
  /** Once; never rejects for what can only be logged. */
  release(): Promise<void>;
}

/** A daemon as its supervisor sees it: over when its state has been given back, or that takes too long. */
export function withState(
  clock: Clock,
  state: Pick<DaemonState, 'release'>,
  daemon: Pick<RunningDaemon, 'url' | 'stop' | 'ended'>,
): RunningDaemon {
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    released ??= Promise.race([state.release(), clock.sleep(RELEASE_LIMIT_MS)]);
    return released;
  };
  return {
    url: daemon.url,
    // The process ends when this settles: not before the state is closed.
    ended: daemon.ended.then(async (end) => {
      await release();
      return end;
    }),
    async stop() {
      await daemon.stop();
      await release();
    },
  };
}
