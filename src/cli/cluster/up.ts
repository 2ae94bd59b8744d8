// `mctl cluster up`: plans, starts the supervisor, waits until every agent is registered, saying what it waits for.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MasterClient } from '../../client/operator.ts';
import type { Net } from '../../world/net.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { moduleCommand } from '../program.ts';
import { type ClusterPaths, listClusters } from './layout.ts';
import { isFree, thisMachine } from './machine.ts';
import { type ClusterPlan, makePlan, readPlan, writePlan } from './plan.ts';
import { identify, isAlive, type ProcessId } from './process-identity.ts';
import { answeringMarathons, type ClusterReport, registeredAgents, reportCluster } from './report.ts';
import { isSupervised, type RunningDaemon, readRunning, survivors } from './running.ts';
import { stopProcesses } from './stop-processes.ts';

const POLL_MS = 40;
/** A daemon of a new cluster that ended so often will not start however long one waits. */
const HOPELESS_AFTER_RESTARTS = 3;

/** What `mctl cluster up` was asked for. */
export interface UpWishes {
  readonly agents: number | undefined;
  readonly portBase: number | undefined;
  readonly marathon: boolean | undefined;
  readonly masterFlags: readonly string[] | undefined;
  readonly agentFlags: readonly string[] | undefined;
  readonly marathonFlags: readonly string[] | undefined;
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
    const master = isSupervised(running) ? running.daemons.find(({ kind }) => kind === 'master') : undefined;
    const client = master && new MasterClient({ net: options.net, addresses: [master.url], timeoutMs: 1000 });
    const registered = client && (await registeredAgents(client));
    const report = reportCluster(paths, running, registered, await answeringMarathons(options.net, running));
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

function waitingFor(report: ClusterReport): string {
  if (report.masters.length === 0) return 'Starting the supervisor';
  if (!report.masters.some(({ leader }) => leader)) return 'Starting the master';
  const there = report.agents.filter(({ id }) => id !== null).length;
  if (there < report.agents.length) return `Waiting for agents: ${there} of ${report.agents.length} registered`;
  return 'Waiting for Marathon to register with the master';
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
