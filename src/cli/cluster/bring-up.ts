// The whole of `mctl cluster up`.
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { isBuilt } from '../program.ts';
import type { ClusterPaths } from './layout.ts';
import { readPlan } from './plan.ts';
import { clusterView } from './report.ts';
import { runSupervisor } from './run-supervisor.ts';
import { isSupervised, readRunning } from './running.ts';
import { planCluster, spawnSupervisor, type UpWishes, waitUntilReady } from './up.ts';

export interface BringUpOptions {
  readonly clustersDirectory: string;
  readonly wishes: UpWishes;
  readonly foreground: boolean;
  readonly timeoutMs: number;
  readonly world: Pick<World, 'net' | 'disk'>;
  readonly say: (text: string) => void;
  readonly print: (view: View) => Promise<void>;
}

/** The view to print; undefined when it has been printed (--foreground). Throws Problem. */
export async function bringUp(paths: ClusterPaths, options: BringUpOptions): Promise<View | undefined> {
  const { wishes, world, timeoutMs, say } = options;
  if (!isBuilt()) throw new Problem(EXIT.failed, { what: 'mctl has not been built.', next: 'npm run build' });
  const startedAt = performance.now();
  const running = readRunning(paths);
  if (isSupervised(running)) {
    if (options.foreground) {
      throw new Problem(EXIT.conflict, {
        what: `Cluster '${paths.name}' runs already, with a supervisor of its own.`,
        next: `mctl cluster down --name ${paths.name}`,
      });
    }
    refuseChange(paths, wishes);
    const report = await waitUntilReady(paths, { net: world.net, timeoutMs, supervisor: undefined, progress: say });
    say(`Cluster '${paths.name}' runs already.`);
    return clusterView(report);
  }
  await planCluster(paths, options.clustersDirectory, wishes);
  if (options.foreground) {
    const supervision = runSupervisor(paths, world, say);
    // A failed start must not leave the waiting for it behind.
    await Promise.race([
      supervision,
      waitUntilReady(paths, { net: world.net, timeoutMs, supervisor: undefined, progress: say }).then((report) =>
        options.print(clusterView(report)),
      ),
    ]);
    await supervision;
    return undefined;
  }
  const supervisor = spawnSupervisor(paths);
  const report = await waitUntilReady(paths, { net: world.net, timeoutMs, supervisor, progress: say });
  say(
    `Cluster '${paths.name}' is ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s. Next: mctl run -- echo hello`,
  );
  return clusterView(report);
}

/** What a running cluster cannot become without a restart must not be passed over in silence. */
function refuseChange(paths: ClusterPaths, wishes: UpWishes): void {
  const plan = readPlan(paths.plan);
  const differs = (wished: unknown, present: unknown): boolean =>
    wished !== undefined && JSON.stringify(wished) !== JSON.stringify(present);
  const changed = [
    differs(wishes.agents, plan?.agents.length) && `it has ${plan?.agents.length} agents`,
    differs(wishes.portBase, plan?.master.port) && `its master has port ${plan?.master.port}`,
    differs(wishes.agentFlags, plan?.agentFlags) && 'its agents have other flags',
    differs(wishes.masterFlags, plan?.masterFlags) && 'its master has other flags',
  ].filter((text) => text !== false);
  if (changed.length === 0) return;
  throw new Problem(EXIT.conflict, {
    what: `Cluster '${paths.name}' runs already, and not as asked for: ${changed.join(', ')}.`,
    next: `mctl cluster down --name ${paths.name}      (then up again)`,
  });
}
