// Plain processes: nothing is enforced, usage is summed over the tree of the first process.
import type { World } from '../../../../world/world.ts';
import { IsolationError, type Isolator } from './isolator.ts';

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/** `warning`: why nothing is enforced. `destroyTimeoutMs` bounds `kill`. */
export function posixIsolator(world: World, warning: string, destroyTimeoutMs: number): Isolator {
  const { processes, clock } = world;
  return {
    kind: 'posix',
    warning,
    create: async () => [],
    async signal({ process }, signal) {
      return process !== undefined && (await processes.signalTree(process, signal)) > 0;
    },
    async kill({ process, containerId }) {
      if (process === undefined) return;
      const deadlineMs = clock.monotonicMs() + destroyTimeoutMs;
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        // Nobody was there to be killed: the tree is gone, for a dying process is still counted.
        if ((await processes.signalTree(process, 'SIGKILL')) === 0) return;
        if (clock.monotonicMs() > deadlineMs) {
          throw new IsolationError('unkillable', `processes of the container ${containerId} do not end`);
        }
        await clock.sleep(pauseMs);
      }
    },
    memoryOverrun: async () => undefined,
    async statistics({ process }) {
      const usage = process === undefined ? undefined : await processes.usage(process);
      if (usage === undefined) return undefined;
      return {
        cpus_user_time_secs: usage.userSeconds,
        cpus_system_time_secs: usage.systemSeconds,
        mem_rss_bytes: usage.residentBytes,
      };
    },
    remove: async () => undefined,
    close: async () => undefined,
  };
}
