// `mctl cluster up`: plans, starts the supervisor, waits until every agent is registered, saying what it waits for.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Net } from '../../world/net.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { moduleCommand } from '../program.ts';
import { type ClusterPaths, listClusters } from './layout.ts';
import { isFree, thisMachine } from './machine.ts';
import { observe } from './observe.ts';
import { type ClusterPlan, readPlan, writePlan } from './plan.ts';
import { makePlan } from './planning/make-plan.ts';
import type { SizeWishes } from './planning/sizes.ts';
import { identify, isAlive, type ProcessId } from './process-identity.ts';
import { type ClusterReport, type MemberReport, reportCluster } from './report.ts';
import { isSupervised, type RunningDaemon, readRunning, survivors } from './running.ts';
import { stopProcesses } from './stop-processes.ts';
import { checkZooKeeper } from './zookeeper/installed.ts';

const POLL_MS = 40;
const ANSWER_TIMEOUT_MS = 1000;
/** A daemon of a new cluster that ended so often will not start however long one waits. */
const HOPELESS_AFTER_RESTARTS = 3;

/** What `mctl cluster up` was asked for. */
export interface UpWishes extends SizeWishes {
  readonly portBase: number | undefined;
  readonly masterFlags: readonly string[] | undefined;
  readonly agentFlags: readonly string[] | undefined;
  readonly marathonFlags: readonly string[] | undefined;
  readonly chronosFlags: readonly string[] | undefined;
}

/** Makes or renews the plan and writes it. Throws Problem. */
export async function planCluster(
  paths: ClusterPaths,
  clustersDirectory: string,
  wishes: UpWishes,
): Promise<ClusterPlan> {
  // Daemons that outlived a killed supervisor still hold their ports.
  await stopProcesses(survivors(readRunning(paths)), 5000);
  const others = listClusters(clustersDirectory).filter(({ name }) => name !== paths.name);
  const plan = await makePlan({
    name: paths.name,
    directory: paths.directory,
    existing: readPlan(paths.plan),
    ...wishes,
    machine: thisMachine(paths.directory),
    isFree,
    taskPortsInUse: others.flatMap((other) => readPlan(other.plan)?.agents.map((agent) => agent.taskPorts) ?? []),
  });
  if (plan.zookeepers.length > 0) checkZooKeeper(process.env.PATH);
  writePlan(paths.plan, plan);
  return plan;
}

/** Starts the supervisor in the background. */
export function spawnSupervisor(paths: ClusterPaths): ProcessId {
  makeDirectoriesSync(paths.logs);
  const output = openSync(join(paths.logs, 'supervisor.output'), 'w');
  const [program, ...args] = moduleCommand('cluster/supervisor-main', [paths.directory]);
  const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output], cwd: '/' });
  closeSync(output);
  child.unref();
  const { pid } = child;
  const id = pid === undefined ? undefined : identify(pid);
  if (id === undefined) throw new Problem(EXIT.failed, { what: 'The supervisor could not be started.' });
  return id;
}

/** How long to wait for the cluster to be of use. */
export interface WaitOptions {
  readonly net: Net;
  readonly timeoutMs: number;
  /** The cluster ran already: ends of its daemons in the past do not count. */
  readonly ranAlready: boolean;
  /** The supervisor just started in the background. */
  readonly supervisor: ProcessId | undefined;
  /** What is waited for, whenever that changes. */
  readonly progress: (text: string) => void;
}

/**
 * Resolves when the master answers and all agents are registered. Throws Hopeless, Problem `failed`, or `timedOut` with why.
 */
export async function waitUntilReady(paths: ClusterPaths, options: WaitOptions): Promise<ClusterReport> {
  const deadline = performance.now() + options.timeoutMs;
  let said = '';
  for (;;) {
    const running = readRunning(paths);
    const report = reportCluster(paths, running, await observe(options.net, paths, running, ANSWER_TIMEOUT_MS));
    if (report.state === 'running') return report;
    const waiting = waitingFor(report);
    if (waiting !== said) options.progress(waiting);
    said = waiting;
    if (options.supervisor !== undefined && !isAlive(options.supervisor)) throw supervisorEnded(paths);
    if (!options.ranAlready && isSupervised(running)) {
      // Between two starts, when what it said last is still there.
      const hopeless = running.daemons.find(
        ({ restarts, process }) => restarts >= HOPELESS_AFTER_RESTARTS && process === undefined,
      );
      if (hopeless !== undefined) throw daemonEnds(paths, hopeless);
    }
    if (performance.now() > deadline) {
      throw new Problem(EXIT.timedOut, {
        what: `Cluster '${paths.name}' is not ready after ${Math.round(options.timeoutMs / 1000)} s.`,
        why: [waiting, ...troubles(running?.daemons ?? [])].join('\n'),
        next: [`mctl cluster logs --name ${paths.name}`, `mctl cluster down --name ${paths.name}`],
      });
    }
    await sleep(POLL_MS);
  }
}

function waitingFor({ masters, agents, marathon, chronos, zookeepers }: ClusterReport): string {
  if (masters.length === 0) return 'Starting the supervisor';
  const troubled = [...masters, ...zookeepers, ...agents, ...marathon, ...chronos].find(
    ({ paused, cutFrom }) => paused || cutFrom.length > 0,
  );
  if (troubled !== undefined) return waitingForTroubled(troubled);
  const serving = zookeepers.filter(({ mode }) => mode !== null).length;
  if (serving < zookeepers.length) return `Starting ZooKeeper: ${serving} of ${zookeepers.length} serve`;
  if (!masters.some(({ leader }) => leader)) {
    return masters.length === 1 ? 'Starting the master' : 'Waiting for a master to be elected';
  }
  const there = agents.filter(({ id }) => id !== null).length;
  if (there < agents.length) return `Waiting for agents: ${there} of ${agents.length} registered`;
  const frameworks = [...(marathon.length > 0 ? ['Marathon'] : []), ...(chronos.length > 0 ? ['Chronos'] : [])].join(
    ' and ',
  );
  return `Waiting for ${frameworks} to register with the master`;
}

function waitingForTroubled({ name, paused }: MemberReport): string {
  return paused
    ? `${name} is paused (mctl cluster chaos resume ${name})`
    : `${name} is cut off from others (mctl cluster chaos heal ${name})`;
}

function troubles(
  daemons: readonly { readonly name: string; readonly lastEnd: string | undefined; readonly restarts: number }[],
): string[] {
  return daemons
    .filter(({ lastEnd }) => lastEnd !== undefined)
    .map(({ name, lastEnd, restarts }) => `${name} ${lastEnd} (${restarts} restarts)`);
}

/** A daemon of the new cluster will not start however long one waits: nothing of it should go on. */
export class Hopeless extends Problem {}

function daemonEnds(paths: ClusterPaths, { name, lastEnd }: Pick<RunningDaemon, 'name' | 'lastEnd'>): Hopeless {
  const output = lastOutput(join(paths.logs, name, 'output'));
  return new Hopeless(EXIT.failed, {
    what: `${name} of cluster '${paths.name}' does not start: it ${lastEnd ?? 'ended'} again and again.`,
    ...(output !== '' && { why: output }),
    next: `mctl cluster logs --name ${paths.name} ${name}`,
  });
}

function lastOutput(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n') : '';
}

function supervisorEnded(paths: ClusterPaths): Problem {
  const output = lastOutput(join(paths.logs, 'supervisor.output'));
  return new Problem(EXIT.failed, {
    what: 'The supervisor ended at once.',
    ...(output !== '' && { why: output }),
    next: `mctl cluster logs --name ${paths.name} supervisor`,
  });
}
