// The supervisor of a local cluster: starts ZooKeepers, masters, agents and frameworks as separate processes, starts again
// what ends, writes down what runs, and stops it all in order. One process, in the foreground or detached
// (supervisor-main.ts).
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { writeVersioned } from '../versioned-file.ts';
import { healBeforeStop } from './chaos/partitions.ts';
import { waysOf } from './chaos/ways.ts';
import { type DaemonSpec, daemonSpecs } from './daemons.ts';
import type { ClusterPaths } from './layout.ts';
import { removeLeftovers } from './leftovers.ts';
import { type ClusterPlan, readPlan } from './plan.ts';
import { identify } from './process-identity.ts';
import { type MemberKind, type RunningDaemon, readRunning, removeRunning, survivors, writeRunning } from './running.ts';
import { stopProcesses } from './stop-processes.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { askMode } from './zookeeper/ask.ts';
import { writeZooKeeperFiles } from './zookeeper/files.ts';

/** The others start even when the ensemble does not serve: they say what they wait for. */
const ENSEMBLE_PATIENCE_MS = 20_000;
const ENSEMBLE_POLL_MS = 50;

/** Started first, in this order; the rest all at once. */
const FOUNDATIONS: readonly MemberKind[] = ['switchboard', 'zookeeper'];
/**
 * Frameworks first: they would start anew what ends on the agents. Agents before the masters: a master that hears of
 * ending tasks would have frameworks start new ones. Then what all of them stand on.
 */
const STOP_ORDER: readonly MemberKind[] = ['chronos', 'marathon', 'agent', 'master', 'zookeeper', 'switchboard'];

/** All daemons of one local cluster. */
export interface Supervisor {
  /** Stops everything in STOP_ORDER, then what tasks left. */
  stop(): Promise<void>;
}

interface Child {
  readonly spec: DaemonSpec;
  readonly process: SupervisedProcess;
}

/**
 * Starts the cluster of the plan file. Throws Problem `conflict` when another supervisor has it, `notFound` without a plan.
 * `log` gets the supervisor's own words.
 */
export async function startSupervisor(
  paths: ClusterPaths,
  world: Pick<World, 'disk' | 'net'>,
  log: (message: string) => void,
): Promise<Supervisor> {
  const plan = knownPlan(paths);
  makeDirectoriesSync(paths.logs);
  const lock = await world.disk.lock(paths.lock).catch((cause: unknown) => {
    throw new Problem(
      EXIT.conflict,
      { what: `Cluster '${plan.name}' has a supervisor already.`, next: `mctl cluster status --name ${plan.name}` },
      { cause },
    );
  });
  // Daemons of a supervisor that was killed: the new ones need their ports and work dirs. Their tasks live on.
  await stopProcesses(survivors(readRunning(paths)), 5000);

  const startedAtMs = Date.now();
  const self = identify(process.pid) ?? { pid: process.pid, startTime: 0 };
  let stopped: Promise<void> | undefined;
  const write = (): void => writeRunning(paths, { supervisor: self, startedAtMs, daemons: children.map(recordOf) });
  const onChange = (): void => {
    if (stopped === undefined) write();
  };
  const children = daemonSpecs(paths, plan).map((spec) => newChild(spec, paths, { onChange, log }));
  const ofKind = (kind: MemberKind): SupervisedProcess[] =>
    children.filter(({ spec }) => spec.kind === kind).map(({ process }) => process);
  writeFoundations(paths, plan);
  for (const kind of FOUNDATIONS) for (const child of ofKind(kind)) child.start();
  write();
  const startRest = (): void => {
    if (stopped !== undefined) return;
    for (const { spec, process } of children) if (!FOUNDATIONS.includes(spec.kind)) process.start();
  };
  if (plan.zookeepers.length === 0) startRest();
  else void ensembleServes(plan, () => stopped !== undefined).then(startRest);

  const stop = async (): Promise<void> => {
    if (plan.switchboard !== null) await healBeforeStop(world.net, paths, log);
    for (const kind of STOP_ORDER) await Promise.all(ofKind(kind).map((child) => child.stop()));
    await removeLeftovers(paths, plan);
    removeRunning(paths);
    await lock.release();
    log('stopped');
  };
  return {
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function knownPlan(paths: ClusterPaths): ClusterPlan {
  const plan = readPlan(paths.plan);
  if (plan !== undefined) return plan;
  throw new Problem(EXIT.notFound, { what: `There is no cluster in ${paths.directory}.`, next: 'mctl cluster up' });
}

/** Not started yet. */
function newChild(
  spec: DaemonSpec,
  paths: ClusterPaths,
  { onChange, log }: { readonly onChange: () => void; readonly log: (message: string) => void },
): Child {
  const child = new SupervisedProcess({
    argv: spec.argv,
    env: { ...daemonEnvironment(process.env), ...spec.env },
    outputFile: join(paths.logs, spec.name, 'output'),
    onChange,
    log: (message) => log(`${spec.name}: ${message}`),
  });
  return { spec, process: child };
}

/** As it is written down. */
function recordOf({ spec: { name, kind, url }, process: child }: Child): RunningDaemon {
  return { name, kind, url, process: child.process, restarts: child.restarts, lastEnd: child.lastEnd };
}

/** What is needed before the first process starts. A cluster that is brought up is whole: cuts of its last life are over. */
function writeFoundations(paths: ClusterPaths, plan: ClusterPlan): void {
  writeZooKeeperFiles(paths, plan);
  rmSync(paths.switchboard.cuts, { force: true });
  if (plan.switchboard !== null) writeVersioned(paths.switchboard.plan, { version: 1, ...waysOf(plan).plan });
}

/** When most of the ensemble serves, or it takes too long. */
async function ensembleServes({ zookeepers }: ClusterPlan, isOver: () => boolean): Promise<void> {
  const deadline = performance.now() + ENSEMBLE_PATIENCE_MS;
  while (!isOver() && performance.now() < deadline) {
    const modes = await Promise.all(zookeepers.map((server) => askMode(server, 1000)));
    if (modes.filter((mode) => mode !== undefined).length > zookeepers.length / 2) return;
    await sleep(ENSEMBLE_POLL_MS);
  }
}

/**
 * Ours without MESOS_*, MARATHON_* and CHRONOS_*, and without another cluster's way out: what a shell has set for other daemons or
 * clusters is not meant for these.
 */
function daemonEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(MESOS_|MARATHON_|CHRONOS_|MCTL_EGRESS$)/.test(name)),
  );
}
