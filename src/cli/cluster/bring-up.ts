// The whole of `mctl cluster up`.
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { isBuilt } from '../program.ts';
import { changing } from './change-lock.ts';
import type { ClusterPaths } from './layout.ts';
import { readPlan } from './plan.ts';
import type { ProcessId } from './process-identity.ts';
import { type ClusterReport, clusterView } from './report.ts';
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
  readonly progress: (text: string) => void;
  readonly print: (view: View) => Promise<void>;
}

/** The view to print; undefined when it has been printed (--foreground). Throws Problem. */
export async function bringUp(paths: ClusterPaths, options: BringUpOptions): Promise<View | undefined> {
  if (!isBuilt()) throw new Problem(EXIT.failed, { what: 'mctl has not been built.', next: 'npm run build' });
  return changing(options.world.disk, paths, options.timeoutMs, async (release) => {
    if (isSupervised(readRunning(paths))) return reportRunning(paths, options);
    await planCluster(paths, options.clustersDirectory, options.wishes);
    return options.foreground ? superviseHere(paths, options, release) : superviseApart(paths, options);
  });
}

async function reportRunning(paths: ClusterPaths, options: BringUpOptions): Promise<View> {
  if (options.foreground) {
    throw new Problem(EXIT.conflict, {
      what: `Cluster '${paths.name}' runs already, with a supervisor of its own.`,
      next: `mctl cluster down --name ${paths.name}`,
    });
  }
  refuseChange(paths, options.wishes);
  const report = await ready(paths, options, undefined);
  options.say(`Cluster '${paths.name}' runs already.`);
  return clusterView(report);
}

async function superviseApart(paths: ClusterPaths, options: BringUpOptions): Promise<View> {
  const startedAt = performance.now();
  const report = await ready(paths, options, spawnSupervisor(paths));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  options.say(`Cluster '${paths.name}' is ready after ${seconds} s. Next: mctl run -- echo hello`);
  return clusterView(report);
}

async function superviseHere(
  paths: ClusterPaths,
  options: BringUpOptions,
  release: () => Promise<void>,
): Promise<undefined> {
  const supervision = runSupervisor(paths, options.world, options.say);
  const isReady = ready(paths, options, undefined).then((report) => options.print(clusterView(report)));
  // Whoever is first: a supervisor that cannot start must not be waited for.
  await Promise.race([supervision, isReady]);
  // From here on others may stop us.
  await release();
  await supervision;
}

function ready(
  paths: ClusterPaths,
  options: BringUpOptions,
  supervisor: ProcessId | undefined,
): Promise<ClusterReport> {
  const { world, timeoutMs, progress } = options;
  return waitUntilReady(paths, { net: world.net, timeoutMs, supervisor, progress });
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
