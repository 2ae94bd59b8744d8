// Files of a local cluster: one directory a cluster, everything of it below.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** Where one cluster keeps what. */
export interface ClusterPaths {
  readonly name: string;
  /** The cluster's own directory. */
  readonly directory: string;
  /** The plan: addresses and shares, kept for the cluster's life (plan.ts). */
  readonly plan: string;
  /** What runs now (running.ts); gone when nothing does. */
  readonly running: string;
  /** Held by the supervisor. */
  readonly lock: string;
  /** Held while the cluster is brought up or down. */
  readonly changeLock: string;
  readonly logs: string;
}

/** Throws Problem `usage` when the name cannot be a directory's. */
export function clusterPaths(clustersDirectory: string, name: string): ClusterPaths {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) {
    throw new Problem(EXIT.usage, {
      what: `'${name}' cannot name a cluster.`,
      why: 'Letters, digits, dots, dashes and underscores, at most 63.',
    });
  }
  const directory = join(clustersDirectory, name);
  return {
    name,
    directory,
    plan: join(directory, 'cluster.json'),
    running: join(directory, 'running.json'),
    lock: join(directory, 'supervisor.lock'),
    changeLock: join(directory, 'change.lock'),
    logs: join(directory, 'logs'),
  };
}

/** Every cluster that has a plan, running or not. */
export function listClusters(clustersDirectory: string): ClusterPaths[] {
  if (!existsSync(clustersDirectory)) return [];
  return readdirSync(clustersDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(clustersDirectory, entry.name, 'cluster.json')))
    .map((entry) => clusterPaths(clustersDirectory, entry.name));
}

/** Work dir of a daemon: `master`, `agent-1`, … */
export function daemonDirectory(paths: ClusterPaths, daemon: string): string {
  return join(paths.directory, daemon);
}
