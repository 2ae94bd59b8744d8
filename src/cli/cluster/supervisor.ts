// The supervisor of a local cluster: starts master, agents and Marathon as separate processes, starts again what ends, writes down
// what runs, and stops it all in order. One process, in the foreground or detached (supervisor-main.ts).
import { join } from 'node:path';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { daemonCommand } from '../program.ts';
import { type DaemonSpec, daemonSpecs } from './daemons.ts';
import type { ClusterPaths } from './layout.ts';
import { removeLeftovers } from './leftovers.ts';
import { readPlan } from './plan.ts';
import { identify } from './process-identity.ts';
import { readRunning, removeRunning, survivors, writeRunning } from './running.ts';
import { stopProcesses } from './stop-processes.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** All daemons of one local cluster. */
export interface Supervisor {
  /** Stops Marathon, the agents, the master, then what their tasks left. */
  stop(): Promise<void>;
}

/**
 * Starts the cluster of the plan file. Throws Problem `conflict` when another supervisor has it, `notFound` without a plan.
 * `log` gets the supervisor's own words.
 */
export async function startSupervisor(
  paths: ClusterPaths,
  world: Pick<World, 'disk'>,
  log: (message: string) => void,
): Promise<Supervisor> {
  const plan = readPlan(paths.plan);
  if (plan === undefined) {
    throw new Problem(EXIT.notFound, { what: `There is no cluster in ${paths.directory}.`, next: 'mctl cluster up' });
  }
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
  const children: { spec: DaemonSpec; process: SupervisedProcess }[] = [];
  const self = identify(process.pid) ?? { pid: process.pid, startTime: 0 };
  const write = (): void =>
    writeRunning(paths, {
      supervisor: self,
      startedAtMs,
      daemons: children.map(({ spec, process }) => ({
        name: spec.name,
        kind: spec.kind,
        url: spec.url,
        process: process.process,
        restarts: process.restarts,
        lastEnd: process.lastEnd,
      })),
    });

  let stopped: Promise<void> | undefined;
  for (const spec of daemonSpecs(paths, plan)) {
    const child = new SupervisedProcess({
      argv: daemonCommand(spec.args),
      env: daemonEnvironment(process.env),
      outputFile: join(paths.logs, spec.name, 'output'),
      onChange: () => {
        if (stopped === undefined) write();
      },
      log: (message) => log(`${spec.name}: ${message}`),
    });
    children.push({ spec, process: child });
  }
  for (const child of children) child.process.start();

  const stop = async (): Promise<void> => {
    const ofKind = (kind: DaemonSpec['kind']): SupervisedProcess[] =>
      children.filter(({ spec }) => spec.kind === kind).map(({ process }) => process);
    // Frameworks first: they would start anew what ends on the agents.
    await Promise.all(ofKind('marathon').map((marathon) => marathon.stop()));
    // Agents before the master: a master that hears of ending tasks would have frameworks start new ones.
    await Promise.all(ofKind('agent').map((agent) => agent.stop()));
    await Promise.all(ofKind('master').map((master) => master.stop()));
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

/** Ours without MESOS_* and MARATHON_*: what a shell has set for other daemons or clusters is not meant for these. */
function daemonEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(MESOS|MARATHON)_/.test(name)));
}
