// Plain processes: nothing is enforced, usage is summed over the tree of the first process.
import type { World } from '../../../../world/world.ts';
import type { Isolator } from './isolator.ts';
import { killSession } from './session.ts';

/** `warning`: why nothing is enforced. `destroyTimeoutMs` bounds `kill`. */
export function posixIsolator(world: World, warning: string, destroyTimeoutMs: number): Isolator {
  const { processes } = world;
  return {
    kind: 'posix',
    warning,
    create: async () => [],
    update: async () => undefined,
    cgroupsOf: () => [],
    pids: async () => [],
    async signal({ process }, signal) {
      return process !== undefined && (await processes.signalTree(process, signal)) > 0;
    },
    async kill({ process, containerId }) {
      if (process === undefined) return;
      await killSession(world, process, { containerId, timeoutMs: destroyTimeoutMs });
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
