// A supervisor from start to the signal that ends it.
import { existsSync } from 'node:fs';
import type { World } from '../../world/world.ts';
import type { ClusterPaths } from './layout.ts';
import { startSupervisor } from './supervisor.ts';

const ABANDONED_CHECK_MS = 2000;

/**
 * Resolves after SIGTERM, SIGINT or SIGHUP (the terminal went away), or when `giveUp` is aborted, when everything has been
 * stopped.
 */
export async function runSupervisor(
  paths: ClusterPaths,
  world: Pick<World, 'disk' | 'net'>,
  log: (message: string) => void,
  giveUp?: AbortSignal,
): Promise<void> {
  const supervisor = await startSupervisor(paths, world, log);
  const { promise: end, resolve } = Promise.withResolvers<void>();
  // Without its state a cluster cannot go on, and nobody can stop it any more: what is left of it ends by itself.
  const watch = setInterval(() => {
    if (existsSync(paths.plan)) return;
    log('the state directory is gone: stopping');
    resolve();
  }, ABANDONED_CHECK_MS);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // Again while stopping: nothing more to hurry, but no sudden death either.
    process.on(signal, () => {
      log(`${signal}: stopping`);
      resolve();
    });
  }
  giveUp?.addEventListener('abort', () => resolve());
  if (giveUp?.aborted) resolve();
  await end;
  clearInterval(watch);
  await supervisor.stop();
}
