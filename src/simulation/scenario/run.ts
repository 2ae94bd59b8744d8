// One run of the cluster scenario: so many steps with faults, then calm, then rest. Every promise is checked after every
// step; what is left after the rest is an error too.
import type { LogReader } from '../core/log.ts';
import { Simulation } from '../simulation.ts';
import { Chaos } from './chaos.ts';
import { type ClusterSize, SimulatedCluster } from './cluster.ts';
import { checkMaster, leftBehind } from './invariants.ts';
import { checkKeptSums } from './kept-sums.ts';
import { Ledger } from './ledger.ts';

/** Steps. A sum that went wrong stays wrong, so that it is found a little later. */
const SUMS_EVERY = 20;

/** `steps` and `size` have defaults; the size then follows from the seed. */
export interface RunOptions {
  readonly seed: number;
  readonly steps?: number;
  readonly size?: ClusterSize;
  /** Told of faults and, when `log` asks for them, of log lines. */
  readonly tell?: (text: string) => void;
  readonly log?: LogReader;
}

/** What the run was like, for people. */
export interface RunReport {
  readonly seed: number;
  readonly steps: number;
  readonly events: number;
  /** Faults put in, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly faultCount: number;
  /** Task processes started, and status updates that came to frameworks (Marathon: events told to listeners). */
  readonly launches: number;
  readonly updates: number;
  /** Operations of operators on resources that the master accepted. */
  readonly operations?: number;
  /** (Several masters) Changes of the registry that were acknowledged. */
  readonly acknowledgedWrites?: number;
  /** (Marathon) Answers to clients by status; `none`: requests without an answer. */
  readonly answers?: Readonly<Record<string, number>>;
  /** (Chronos) Occurrences that were judged, and those without a good run in their window: each in times of faults and accounted for. */
  readonly targets?: { readonly judged: number; readonly excused: number };
  readonly virtualMs: number;
  readonly fingerprint: string;
  /** Broken promises; empty = the run is good. */
  readonly violations: readonly string[];
}

/** Steps with faults, before the calm. */
export const DEFAULT_STEPS = 60;
/** Of three seeds one removes frameworks that are away for long, of five one has a framework without checkpoints. */
const sizeFor = (seed: number): ClusterSize => ({
  agents: 5,
  frameworks: 2,
  tasksPerFramework: 20,
  failoverTimeoutSeconds: seed % 3 === 0 ? 15 : 300,
  isLastCheckpointing: seed % 5 !== 0,
});
/** Rest after which an operator removes what nobody comes back for. */
const CLEAN_UP_AFTER_MS = 60_000;
const REST_STEP_MS = 2_000;
/** Retries of status updates back off up to 10 minutes (mesos-semantics.md 6.1). */
const REST_LIMIT_MS = 30 * 60_000;

/** The same with three masters that stand for election on an ensemble, which has faults of its own. */
export function runFailoverScenario(options: RunOptions): Promise<RunReport> {
  return runScenario({ size: { ...sizeFor(options.seed), masters: 3 }, ...options });
}

/** Broken promises are in `violations` of the report, each with its step; nothing is thrown. */
export async function runScenario(options: RunOptions): Promise<RunReport> {
  const { seed, steps = DEFAULT_STEPS, size = sizeFor(seed), tell = () => undefined, log } = options;
  const simulation = new Simulation({ seed, ...(log !== undefined && { log }) });
  const ledger = new Ledger();
  const cluster = new SimulatedCluster(simulation, size, ledger);
  const chaos = new Chaos(
    simulation,
    {
      processes: cluster.processes,
      rebootable: [...cluster.agentHosts, ...cluster.masterHosts],
      disks: [...cluster.agentHosts, ...cluster.masterHosts],
      ensemble: cluster.ensemble,
    },
    (text) => tell(`${(simulation.nowMs / 1000).toFixed(3).padStart(9)} ${text}`),
  );
  const random = simulation.random('steps');
  const violations: string[] = [];
  let step = 0;
  const check = (found: readonly string[]) => violations.push(...found.map((text) => `step ${step}: ${text}`));
  const checkAll = () => {
    const { core } = cluster;
    check([...ledger.violations, ...(core === undefined ? [] : checkMaster(core))]);
    if (core !== undefined && step % SUMS_EVERY === 0) check(checkKeptSums(core));
  };
  /** With several masters, who leads is looked at after every event. */
  const pass = async (forMs: number): Promise<void> => {
    if (cluster.ensemble === undefined) return await simulation.run({ forMs });
    await simulation.runUntil(() => {
      check(cluster.checkLeadership());
      return violations.length > 0;
    }, forMs);
  };
  try {
    await pass(3_000);
    for (step = 1; step <= steps && violations.length === 0; step++) {
      chaos.step();
      await pass(random.between(100, 2_000));
      checkAll();
    }
    chaos.end();
    cluster.rest();
    cluster.agentOperator.end();
    if (violations.length === 0) {
      check(await rest());
      if (cluster.core !== undefined) check(checkKeptSums(cluster.core));
    }
  } catch (error) {
    violations.push(`step ${step}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  /** Lets the cluster come to rest; what is left at the end. */
  async function rest(): Promise<string[]> {
    const cleanUpAtMs = simulation.nowMs + CLEAN_UP_AFTER_MS;
    const untilMs = simulation.nowMs + REST_LIMIT_MS;
    for (;;) {
      if (simulation.nowMs >= cleanUpAtMs) {
        removeStrangers();
        cluster.agentOperator.cleanUp();
      }
      chaos.supervise();
      for (const framework of cluster.frameworks) {
        framework.value?.drain();
      }
      await pass(REST_STEP_MS);
      checkAll();
      const left = [
        ...leftBehind({
          core: cluster.core,
          agentHosts: cluster.agentHosts,
          frameworks: cluster.frameworks.map((framework) => framework.value),
          ledger,
        }),
        ...cluster.registryDifferences(),
        ...cluster.resourceDifferences(),
        ...cluster.agentOperator.left(),
      ];
      if (left.length === 0 || violations.length > 0 || simulation.nowMs >= untilMs) {
        return left;
      }
    }
  }

  /** Frameworks that a master learned of from agents after they were removed by the one before (mesos-semantics.md 2). */
  function removeStrangers(): void {
    const known = new Set(cluster.frameworks.map((framework) => framework.value?.frameworkId));
    for (const framework of cluster.core?.state.frameworks.values() ?? []) {
      if (framework.state === 'RECOVERED' && !known.has(framework.frameworkId)) {
        cluster.teardown(framework.frameworkId);
      }
    }
  }

  const { counts: decisions } = cluster.agentOperator;
  const counts = {
    ...simulation.network.counts,
    ...Object.fromEntries(chaos.counts),
    drains: decisions.get('DRAIN_AGENT') ?? 0,
    deactivations: decisions.get('DEACTIVATE_AGENT') ?? 0,
  };
  return {
    seed,
    steps,
    events: simulation.events,
    faults: counts,
    faultCount: faultsIn(counts),
    launches: [...ledger.entries].reduce((sum, entry) => sum + entry.launches.length, 0),
    updates: ledger.updates,
    operations: cluster.acceptedOperations,
    ...(cluster.ensemble !== undefined && { acknowledgedWrites: cluster.acknowledgedWrites }),
    virtualMs: simulation.nowMs,
    fingerprint: simulation.fingerprint,
    violations,
  };
}

/** Every count but that of requests is one of faults. */
export function faultsIn(counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts).reduce((sum, [kind, count]) => sum + (kind === 'requests' ? 0 : count), 0);
}
