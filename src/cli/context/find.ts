// The files behind resolve.ts: the contexts and the local clusters that run.
import { listClusters } from '../cluster/layout.ts';
import { electionUrl, readPlan } from '../cluster/plan.ts';
import { isSupervised, type MemberKind, readRunning, survivors } from '../cluster/running.ts';
import { clustersDirectory, configFile } from '../directories.ts';
import { readContexts } from './config-file.ts';
import { type LocalCluster, resolveTarget, type Target } from './resolve.ts';

/** Flags that may name a cluster. */
export interface TargetFlags {
  readonly master?: string | undefined;
  readonly context?: string | undefined;
  readonly 'state-dir'?: string | undefined;
}

/** Which cluster these flags and this environment mean. Throws Problem. */
export function findTarget(flags: TargetFlags, env: NodeJS.ProcessEnv): Target {
  return resolveTarget({
    masterFlag: flags.master,
    contextFlag: flags.context,
    env,
    config: readContexts(configFile(env)),
    running: flags.master === undefined ? runningClusters(env, flags['state-dir']) : [],
  });
}

/** By their supervisors; `stateDir` as --state-dir. */
export function runningClusters(env: NodeJS.ProcessEnv, stateDir: string | undefined): LocalCluster[] {
  return listClusters(clustersDirectory(env, stateDir)).flatMap((paths) => {
    const running = readRunning(paths);
    // One whose supervisor was killed can still be talked to.
    if (running === undefined || (!isSupervised(running) && survivors(running).length === 0)) return [];
    const of = (wanted: MemberKind): string[] =>
      running.daemons.filter(({ kind }) => kind === wanted).map(({ url }) => new URL(url).host);
    const masters = of('master');
    if (masters.length === 0) return [];
    // Of several masters the leader is found soonest where they are elected.
    const plan = of('zookeeper').length > 0 ? readPlan(paths.plan) : undefined;
    const election = plan && electionUrl(plan, 'masters');
    const found = election !== undefined && masters.length > 1 ? [election] : masters;
    return [{ name: paths.name, masters: found, marathons: of('marathon'), chronoses: of('chronos'), election }];
  });
}
