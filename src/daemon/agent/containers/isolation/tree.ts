// Follows and kills every process of a container through one of its cgroups. A v2 cgroup does it best, and needs no
// controllers for it, so that even v1 machines use theirs where they have one; else the v1 freezer holds the processes
// still while they are killed; else they are killed until none is left.
import type { Processes, ProcessSignal } from '../../../../world/processes.ts';
import type { Clock } from '../../../../world/world.ts';
import type { Hierarchy } from './hierarchy.ts';
import { IsolationError } from './isolator.ts';

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/** The processes of containers, by container id. */
export interface ProcessTree {
  readonly hierarchy: Hierarchy;
  signal(containerId: string, signal: ProcessSignal): Promise<boolean>;
  /** Resolves when no process is left; throws IsolationError `unkillable`. */
  kill(containerId: string): Promise<void>;
  isEmpty(containerId: string): Promise<boolean>;
}

/** `isFreezer`: `hierarchy` is the v1 freezer. `destroyTimeoutMs` bounds `kill`. */
export function processTree(
  world: { readonly processes: Processes; readonly clock: Clock },
  hierarchy: Hierarchy,
  options: { readonly isFreezer: boolean; readonly destroyTimeoutMs: number },
): ProcessTree {
  const { processes, clock } = world;

  async function signalAll(containerId: string, signal: ProcessSignal): Promise<boolean> {
    let found = false;
    for (const pid of await hierarchy.pids(containerId)) {
      const identity = await processes.identify(pid);
      if (identity !== undefined && (await processes.signal(identity, signal))) found = true;
    }
    return found;
  }

  async function isEmpty(containerId: string): Promise<boolean> {
    // v2 counts children of the cgroup too, and costs one read.
    if (hierarchy.version === 2)
      return ((await hierarchy.readTable(containerId, 'cgroup.events')).get('populated') ?? 0) === 0;
    return (await hierarchy.pids(containerId)).length === 0;
  }

  async function killOnce(containerId: string): Promise<void> {
    if (hierarchy.version === 2 && (await hierarchy.read(containerId, 'cgroup.events')) === undefined) return;
    if (hierarchy.version === 2) {
      try {
        await hierarchy.write(containerId, 'cgroup.kill', 1);
        return;
      } catch {
        // A kernel before 5.14: one by one, below.
      }
    }
    if (options.isFreezer) await hierarchy.write(containerId, 'freezer.state', 'FROZEN');
    try {
      await signalAll(containerId, 'SIGKILL');
    } finally {
      // A frozen process dies when it is thawed.
      if (options.isFreezer) await hierarchy.write(containerId, 'freezer.state', 'THAWED');
    }
  }

  return {
    hierarchy,
    signal: signalAll,
    isEmpty,
    async kill(containerId) {
      const deadlineMs = clock.monotonicMs() + options.destroyTimeoutMs;
      for (
        let pauseMs = FIRST_PAUSE_MS;
        !(await isEmpty(containerId));
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      ) {
        if (clock.monotonicMs() > deadlineMs) {
          throw new IsolationError('unkillable', `processes of the container ${containerId} do not end`);
        }
        await killOnce(containerId);
        await clock.sleep(pauseMs);
      }
    },
  };
}
