// The whole of `mctl cluster up`.
import { existsSync } from 'node:fs';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { isBuilt } from '../program.ts';
import { changing } from './change-lock.ts';
import { SESSION_TIMEOUT_MS } from './daemons.ts';
import type { ClusterPaths } from './layout.ts';
import { readPlan, writePlan } from './plan.ts';
import { type ClusterReport, clusterView } from './report.ts';
import { runSupervisor } from './run-supervisor.ts';
import { isSupervised, readRunning } from './running.ts';
import { stopProcesses } from './stop-processes.ts';
import { Hopeless, planCluster, spawnSupervisor, type UpWishes, type WaitOptions, waitUntilReady } from './up.ts';

/** It stops its daemons in order, each with a grace of its own. */
const SUPERVISOR_GRACE_MS = 25_000;

/** Which cluster, and what to wait for. */
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
    const before = readPlan(paths.plan);
    const plan = await planCluster(paths, options.clustersDirectory, options.wishes);
    try {
      return await (options.foreground ? superviseHere(paths, options, release) : superviseApart(paths, options));
    } catch (error) {
      // Flags that no daemon starts with are not kept for the next `up`.
      const { masterFlags = [], agentFlags = [], marathonFlags = [], chronosFlags = [] } = before ?? {};
      if (error instanceof Hopeless && existsSync(paths.plan))
        writePlan(paths.plan, { ...plan, masterFlags, agentFlags, marathonFlags, chronosFlags });
      throw error;
    }
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
  const report = await ready(paths, options, { ranAlready: true, supervisor: undefined });
  options.say(`Cluster '${paths.name}' runs already.`);
  return clusterView(report);
}

async function superviseApart(paths: ClusterPaths, options: BringUpOptions): Promise<View> {
  const startedAt = performance.now();
  const supervisor = spawnSupervisor(paths);
  const report = await ready(paths, options, { ranAlready: false, supervisor }).catch(async (error: unknown) => {
    if (error instanceof Hopeless) await stopProcesses([supervisor], SUPERVISOR_GRACE_MS);
    throw error;
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  options.say(`Cluster '${paths.name}' is ready after ${seconds} s. Next: mctl run -- echo hello`);
  sayOfElections(paths, options);
  return clusterView(report);
}

async function superviseHere(
  paths: ClusterPaths,
  options: BringUpOptions,
  release: () => Promise<void>,
): Promise<undefined> {
  const giveUp = new AbortController();
  const supervision = runSupervisor(paths, options.world, options.say, giveUp.signal);
  const isReady = ready(paths, options, { ranAlready: false, supervisor: undefined }).then((report) =>
    options.print(clusterView(report)),
  );
  try {
    // Whoever is first: a supervisor that cannot start must not be waited for.
    await Promise.race([supervision, isReady]);
  } catch (error) {
    giveUp.abort();
    await Promise.allSettled([supervision]);
    throw error;
  }
  // From here on others may stop us.
  await release();
  await supervision;
}

/** What is otherwise here than with the daemons' own defaults, and what one may do with it. */
function sayOfElections(paths: ClusterPaths, { say }: BringUpOptions): void {
  const plan = readPlan(paths.plan);
  if (plan === undefined || plan.zookeepers.length === 0) return;
  say(
    `Sessions with its ZooKeepers end after ${SESSION_TIMEOUT_MS / 1000} s of silence here (the daemons' own default: 10 s), so that a lost leader is noticed soon.`,
  );
  if (plan.switchboard !== null) say('Try: mctl cluster chaos kill|pause|partition <member>');
}

function ready(
  paths: ClusterPaths,
  options: BringUpOptions,
  start: Pick<WaitOptions, 'ranAlready' | 'supervisor'>,
): Promise<ClusterReport> {
  const { world, timeoutMs, progress } = options;
  return waitUntilReady(paths, { net: world.net, timeoutMs, progress, ...start });
}

/** What a running cluster cannot become without a restart must not be passed over in silence. */
function refuseChange(paths: ClusterPaths, wishes: UpWishes): void {
  const plan = readPlan(paths.plan);
  const differs = (wished: unknown, present: unknown): boolean =>
    wished !== undefined && JSON.stringify(wished) !== JSON.stringify(present);
  const count = (wished: number | undefined, present: readonly unknown[] | undefined, noun: string) =>
    differs(wished, present?.length) && `it has ${present?.length} ${noun}${present?.length === 1 ? '' : 's'}`;
  const hasMarathon = plan !== undefined && plan.marathons.length > 0;
  const hasSwitchboard = plan !== undefined && plan.switchboard !== null;
  const firstPort = plan?.masters[0]?.port;
  const changed = [
    count(wishes.masters, plan?.masters, 'master'),
    count(wishes.agents, plan?.agents, 'agent'),
    count(wishes.marathons, plan?.marathons, 'Marathon'),
    count(wishes.zookeepers, plan?.zookeepers, 'ZooKeeper'),
    differs(wishes.chaos, hasSwitchboard) && (hasSwitchboard ? 'it has a switchboard' : 'it has no switchboard'),
    differs(wishes.portBase, firstPort) && `its master has port ${firstPort}`,
    differs(wishes.agentFlags, plan?.agentFlags) && 'its agents have other flags',
    differs(wishes.masterFlags, plan?.masterFlags) && 'its master has other flags',
    differs(wishes.marathonFlags, plan?.marathonFlags) && 'its Marathon has other flags',
    differs(wishes.marathon, hasMarathon) && (hasMarathon ? 'it has a Marathon' : 'it has no Marathon'),
  ].filter((text) => text !== false);
  if (changed.length === 0) return;
  throw new Problem(EXIT.conflict, {
    what: `Cluster '${paths.name}' runs already, and not as asked for: ${changed.join(', ')}.`,
    next: `mctl cluster down --name ${paths.name}      (then up again)`,
  });
}
