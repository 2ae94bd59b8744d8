// Kills a session and what it left elsewhere by following the process table.
import type { ProcessIdentity } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';
import { IsolationError } from './isolator.ts';

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/** SIGKILLs until no process of the session of `leader` is left. Throws IsolationError `unkillable`. */
export async function killSession(
  { processes, clock }: Pick<World, 'processes' | 'clock'>,
  leader: ProcessIdentity,
  options: { readonly containerId: string; readonly timeoutMs: number },
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + options.timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    // Nobody was there to be killed: the tree is gone, for a dying process is still counted.
    if ((await processes.signalTree(leader, 'SIGKILL')) === 0) return;
    if (clock.monotonicMs() > deadlineMs) {
      throw new IsolationError('unkillable', `processes of the container ${options.containerId} do not end`);
    }
    await clock.sleep(pauseMs);
  }
}
