// Files of a local cluster: one directory a cluster, everything of it below.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** Of the cluster that nobody has named. */
const DEFAULT_NAME = 'local';

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
  readonly switchboard: SwitchboardPaths;
}

/** Files of the switchboard (chaos/switchboard-main.ts). */
export interface SwitchboardPaths {
  readonly plan: string;
  /** Who is cut off from whom. */
  readonly cuts: string;
  /** Its Unix socket. */
  readonly control: string;
}

/** What the kernel takes as the path of a Unix socket, its end included. */
const MOST_SOCKET_PATH_BYTES = 100;

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
    switchboard: {
      plan: join(directory, 'switchboard.json'),
      cuts: join(directory, 'cuts.json'),
      control: controlSocket(directory),
    },
  };
}

function controlSocket(directory: string): string {
  const here = join(directory, 'switchboard.sock');
  if (Buffer.byteLength(here) <= MOST_SOCKET_PATH_BYTES) return here;
  return join('/tmp', `mctl-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}.sock`);
}

/** What may say which local cluster a command means. */
export interface ClusterChoice {
  readonly nameFlag: string | undefined;
  readonly contextFlag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** As for all other commands (context/resolve.ts), but a variable that means another cluster is none of ours. */
export function chosenName({ nameFlag, contextFlag, env }: ClusterChoice, clustersDirectory: string): string {
  const named = nameFlag ?? contextFlag;
  if (named !== undefined) return named;
  const { MCTL_CONTEXT } = env;
  const isOurs = listClusters(clustersDirectory).some(({ name }) => name === MCTL_CONTEXT);
  return isOurs && MCTL_CONTEXT !== undefined ? MCTL_CONTEXT : DEFAULT_NAME;
}

/** Every cluster that has a plan, running or not. */
export function listClusters(clustersDirectory: string): ClusterPaths[] {
  if (!existsSync(clustersDirectory)) return [];
  return readdirSync(clustersDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(clustersDirectory, entry.name, 'cluster.json')))
    .map((entry) => clusterPaths(clustersDirectory, entry.name));
}

/** `notFound`: nobody has made this cluster; with those that there are. */
export function noCluster({ name, directory }: ClusterPaths): Problem {
  const [other, ...more] = listClusters(dirname(directory)).map((paths) => paths.name);
  return new Problem(EXIT.notFound, {
    what: `There is no cluster '${name}'.`,
    why:
      other === undefined
        ? `Nothing in ${directory}.`
        : `There is ${[other, ...more].map((one) => `'${one}'`).join(', ')}.`,
    next:
      other === undefined
        ? 'mctl cluster up'
        : more.length === 0
          ? `Add --name ${other} (or MCTL_CONTEXT=${other}).`
          : 'mctl cluster status --all',
  });
}

/** Work dir of a daemon: `master`, `agent-1`, … */
export function daemonDirectory(paths: ClusterPaths, daemon: string): string {
  return join(paths.directory, daemon);
}
