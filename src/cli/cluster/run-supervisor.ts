// A supervisor from start to the signal that ends it.
import type { World } from '../../world/world.ts';
import type { ClusterPaths } from './layout.ts';
import { startSupervisor } from './supervisor.ts';

/** Resolves after SIGTERM, SIGINT or SIGHUP (the terminal went away), when everything has been stopped. */
export async function runSupervisor(
  paths: ClusterPaths,
  world: Pick<World, 'disk'>,
  log: (message: string) => void,
): Promise<void> {
  const supervisor = await startSupervisor(paths, world, log);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.once(signal, () => {
        log(`${signal}: stopping`);
        // Again while stopping: nothing more to hurry, but no sudden death either.
        process.on(signal, () => log('already stopping'));
        resolve();
      });
    }
  });
  await supervisor.stop();
}
