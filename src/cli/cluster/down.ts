// `mctl cluster down`: stops the supervisor and with it the daemons, then makes sure that nothing is left.
import { existsSync, rmSync } from 'node:fs';
import type { Disk } from '../../world/disk.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { changing } from './change-lock.ts';
import { type ClusterPaths, noCluster } from './layout.ts';
import { removeLeftovers } from './leftovers.ts';
import { readPlan } from './plan.ts';
import { isSupervised, readRunning, removeRunning, survivors } from './running.ts';
import { stopProcesses } from './stop-processes.ts';

/** Which cluster, and how much of it goes. */
export interface DownOptions {
  readonly disk: Disk;
  readonly purge: boolean;
  /** For the supervisor to stop everything; then it is killed. */
  readonly timeoutMs: number;
  readonly progress: (text: string) => void;
}

/** What was stopped and removed; the JSON of `mctl cluster down`. */
export interface DownResult {
  readonly name: string;
  /** False when nothing ran. */
  readonly stopped: boolean;
  readonly purged: boolean;
}

/** Throws Problem: `notFound` when there is no such cluster, `failed` when something could not be removed. */
export async function stopCluster(paths: ClusterPaths, options: DownOptions): Promise<DownResult> {
  if (!existsSync(paths.plan)) throw noCluster(paths);
  const result = await changing(options.disk, paths, options.timeoutMs, () => stopAll(paths, options));
  if (options.purge) purge(paths);
  return result;
}

async function stopAll(paths: ClusterPaths, options: DownOptions): Promise<DownResult> {
  const plan = readPlan(paths.plan);
  const running = readRunning(paths);
  const supervised = isSupervised(running);
  if (supervised) {
    const count = running.daemons.length;
    options.progress(`Stopping ${count} ${count === 1 ? 'daemon' : 'daemons'}`);
    await stopProcesses([running.supervisor], options.timeoutMs);
  }
  // Nothing of this is there after a supervisor that could finish; all of it may be after one that could not.
  const abandoned = survivors(readRunning(paths) ?? running);
  await stopProcesses(abandoned, 5000);
  const left = await removeLeftovers(paths, plan);
  removeRunning(paths);
  // After a switchboard that was killed; its place may be outside of the cluster's directory.
  rmSync(paths.switchboard.control, { force: true });
  const what = [
    ...left.processes.map(({ pid }) => `process ${pid}`),
    ...left.cgroups.map((path) => `cgroup ${path}`),
    ...left.mounts.map((path) => `mount ${path}`),
    ...left.networks.map((path) => `network ${path}`),
  ];
  if (what.length > 0) {
    throw new Problem(EXIT.failed, {
      what: `Cluster '${paths.name}' is stopped, but not everything could be removed.`,
      why: what.slice(0, 10).join('\n'),
      next: 'Try again, as the user who started the cluster or as root.',
    });
  }
  return { name: paths.name, stopped: supervised || abandoned.length > 0, purged: options.purge };
}

function purge(paths: ClusterPaths): void {
  // Tasks may have taken the write permission from directories of their sandbox.
  makeDirectoriesSync(paths.directory);
  rmSync(paths.directory, { recursive: true, force: true, maxRetries: 5 });
}

/** For people and scripts alike. */
export function downView(result: DownResult): View {
  const words = result.stopped ? 'stopped' : 'was not running';
  return {
    data: result,
    names: [result.name],
    body: {
      kind: 'details',
      items: [
        ['Cluster', result.name],
        ['Result', `${words}${result.purged ? ', state removed' : ''}`],
      ],
    },
  };
}
