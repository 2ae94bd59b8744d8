// Whether HAProxy runs, for commands that only look.
import { RuntimeError } from '../../../haproxy/runtime/runtime-error.ts';
import { workerPids } from '../../../haproxy/watch/worker-pids.ts';
import type { World } from '../../../world/world.ts';
import type { Given } from '../settings/given.ts';
import type { BalancerSettings } from '../settings/settings.ts';

/** Pids, or why nobody could be asked. */
export async function askWorkers(
  { net }: Pick<World, 'net'>,
  given: Given,
  { options }: BalancerSettings,
): Promise<readonly number[] | string> {
  try {
    return await workerPids(net, { master: given.word('master-socket'), runtime: options.runtimeSocket });
  } catch (error) {
    if (error instanceof RuntimeError) return error.message;
    throw error;
  }
}
