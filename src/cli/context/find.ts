// The files behind resolve.ts: the contexts and the local clusters that run.
import { listClusters } from '../cluster/layout.ts';
import { isSupervised, readRunning, survivors } from '../cluster/running.ts';
import type { DaemonKind } from '../daemon/run-daemon.ts';
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
    const of = (wanted: DaemonKind): string[] =>
      running.daemons.filter(({ kind }) => kind === wanted).map(({ url }) => new URL(url).host);
    const masters = of('master');
    return masters.length === 0 ? [] : [{ name: paths.name, masters, marathons: of('marathon') }];
  });
}
