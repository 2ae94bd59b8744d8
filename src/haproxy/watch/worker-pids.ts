// HAProxy's workers, for deploy tools that wait until a reload is through (haproxy.md 15.4).
import type { Net } from '../../world/net.ts';
import { AdminSocket } from '../runtime/admin-socket.ts';
import { MasterSocket } from '../runtime/master-socket.ts';
import { RuntimeError } from '../runtime/runtime-error.ts';

/** Without the master's socket only the worker that serves is known. Empty when none runs. Throws RuntimeError. */
export async function workerPids(
  net: Net,
  sockets: { readonly master: string | undefined; readonly runtime: string },
): Promise<readonly number[]> {
  try {
    if (sockets.master !== undefined) {
      const { workers, oldWorkers } = await new MasterSocket(net, sockets.master).processes();
      return [...workers, ...oldWorkers];
    }
    return [(await new AdminSocket(net, sockets.runtime).info()).pid];
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'not-running') return [];
    throw error;
  }
}
