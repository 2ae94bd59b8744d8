// One run of the Marathon scenario: so many steps with faults and requests, then calm, then rest. Every promise is
// checked after every step; what is left after the rest is an error too.
import type { Marathon } from '../../../daemon/marathon/marathon.ts';
import type { InstanceId } from '../../../daemon/marathon/model/instance.ts';
import type { SeededRandom } from '../../core/random.ts';
import { Simulation } from '../../simulation.ts';
import { Chaos } from '../chaos.ts';
import { DEFAULT_STEPS, faultsIn, type RunOptions, type RunReport } from '../run.ts';
import { AnswerBook } from './answers.ts';
import { stillToCome } from './at-rest.ts';
import { MarathonCluster } from './cluster.ts';
import { notStored } from './durability.ts';
import { PromiseWatch } from './promises.ts';
import { storedApps, Workload } from './workload.ts';

/** Intervals in the proportions of the master's quick pings. Every fourth seed keeps the original's. */
const QUICK_FLAGS = [
  '--reconciliation_interval=60000',
  '--scale_apps_interval=30000',
  '--task_launch_timeout=40000',
  '--task_launch_confirm_timeout=40000',
  '--decline_offer_duration=10000',
  '--min_revive_offers_interval=1000',
  '--kill_retry_timeout=5000',
];
const REQUEST_CHANCE = 0.7;
const REST_STEP_MS = 2_000;
/** Agents that are gone for good are given up 10 minutes after a change of masters. */
const REST_LIMIT_MS = 40 * 60_000;
const FOR_GOOD_MS = 1e10;
/** Within this a kill by a client explains what a rolling restart may not do. */
const USER_KILL_MS = 15_000;

/** `marathons`: how many stand for election; one is alone. */
export type MarathonRunOptions = Omit<RunOptions, 'size'> & { readonly marathons?: number };

/** The same with three Marathons, on an ensemble that has faults of its own. */
export function runMarathonFailoverScenario(options: Omit<RunOptions, 'size'>): Promise<RunReport> {
  return runMarathonScenario({ marathons: 3, ...options });
}

/** Broken promises are in `violations` of the report, each with its step; nothing is thrown. */
export async function runMarathonScenario(options: MarathonRunOptions): Promise<RunReport> {
  const { seed, steps = DEFAULT_STEPS, marathons = 1, tell = () => undefined, log } = options;
  const violations: string[] = [];
  let step = 0;
  const broken = (text: string) => void violations.push(`step ${step}: ${text}`);
  const simulation = new Simulation({
    seed,
    log: (line) => {
      if (line.level === 'error' && line.process.startsWith('marathon'))
        broken(`Marathon logs an error: ${line.message} ${JSON.stringify(line.fields)} ${errorOf(line.fields)}`);
      log?.(line);
    },
  });
  const say = (text: string) => tell(`${(simulation.nowMs / 1000).toFixed(3).padStart(9)} ${text}`);
  const book = new AnswerBook(() => simulation.nowMs);
  const lost = new Set<InstanceId>();
  let watch: PromiseWatch | undefined;
  const lives: { marathon: Marathon | undefined } = { marathon: undefined };
  const cluster = new MarathonCluster(simulation, {
    agents: 4 + (seed % 3),
    marathons,
    clients: 3,
    marathonFlags: seed % 4 === 0 ? [] : QUICK_FLAGS,
    onMarathon: (marathon) => {
      lives.marathon = marathon;
      watch = new PromiseWatch(marathon, {
        lost,
        wasKilledByUser: (appId) => {
          const atMs = workload.killedAtMs.get(appId);
          return atMs !== undefined && simulation.nowMs - atMs < USER_KILL_MS;
        },
        broken: (text) => {
          if (lives.marathon === marathon) broken(text);
        },
      });
      checkAnswers('after the start');
    },
  });
  const workload = new Workload(cluster, book, say);
  const chaos = new Chaos(
    simulation,
    {
      processes: cluster.processes,
      rebootable: [...cluster.agentHosts, cluster.masterHost, ...cluster.marathonHosts],
      disks: [...cluster.marathonHosts, ...cluster.marathonHosts, cluster.masterHost, ...cluster.agentHosts],
      ensemble: cluster.ensemble,
    },
    say,
  );

  /** What is in memory and in the store is explained by the answers. */
  function checkAnswers(when: string): void {
    const { marathon } = lives;
    const stored = storedApps(cluster);
    for (const appId of book.appIds) {
      const app = marathon?.groups.root.apps.get(appId as never);
      const known = app && { mark: String(app.env.MARK ?? ''), instances: app.instances };
      const inMemory = cluster.marathon === marathon ? book.contradiction(appId, known) : undefined;
      const inStore = book.contradiction(appId, stored.get(appId));
      for (const wrong of [inMemory, inStore]) if (wrong !== undefined) broken(`${when}: ${wrong}`);
    }
  }

  function checkAll(): void {
    for (const witness of [cluster.ledger, cluster.acknowledgements, workload])
      for (const text of witness.violations.splice(0)) broken(text);
    if (cluster.marathon !== undefined) for (const text of watch?.check() ?? []) broken(text);
    for (const text of notStored(cluster)) broken(text);
    checkAnswers('now');
  }

  try {
    await simulation.run({ forMs: 4_000 });
    workload.listen();
    const random = simulation.random('steps');
    for (step = 1; step <= steps && violations.length === 0; step++) {
      chaos.step();
      perhapsLoseMachine(cluster, random, seed, say);
      for (let asks = 0; asks < 3; asks++) if (random.chance(REQUEST_CHANCE)) workload.step();
      await simulation.run({ forMs: random.between(100, 3_000) });
      checkAll();
    }
    chaos.end();
    if (violations.length === 0) await rest();
  } catch (error) {
    broken(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  async function rest(): Promise<void> {
    const untilMs = simulation.nowMs + REST_LIMIT_MS;
    // Late copies of requests come first.
    await simulation.run({ forMs: 15_000 });
    for (;;) {
      chaos.supervise();
      const bad = workload.tidy(cluster.agentHosts.filter(({ isUp }) => isUp).length);
      await simulation.run({ forMs: REST_STEP_MS });
      checkAll();
      const left = [...bad, ...stillToCome(cluster, lost)];
      if (violations.length > 0 || left.length === 0) return;
      if (simulation.nowMs >= untilMs) {
        for (const text of left) broken(text);
        return;
      }
    }
  }

  const counts = { ...simulation.network.counts, ...Object.fromEntries(chaos.counts) };
  return {
    seed,
    steps,
    events: simulation.events,
    faults: counts,
    faultCount: faultsIn(counts),
    launches: cluster.ledger.launches,
    updates: workload.events,
    answers: Object.fromEntries(workload.answers),
    virtualMs: simulation.nowMs,
    fingerprint: simulation.fingerprint,
    violations,
  };
}

/** At most one machine in three, and only in every second seed. */
function perhapsLoseMachine(
  { agentHosts }: MarathonCluster,
  random: SeededRandom,
  seed: number,
  say: (text: string) => void,
): void {
  const up = agentHosts.filter(({ isUp }) => isUp);
  if (seed % 2 === 0 || up.length * 3 <= agentHosts.length * 2 || !random.chance(0.02)) return;
  const host = random.pick(up);
  say(`${host?.name} is gone for good`);
  host?.reboot(FOR_GOOD_MS);
}

function errorOf(fields: Readonly<Record<string, unknown>>): string {
  const { error } = fields;
  return error instanceof Error ? (error.stack ?? error.message) : '';
}
