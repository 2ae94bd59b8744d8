// One run of the Chronos scenario, after the Jepsen analysis of 2015 (chronos.md 20): jobs are added while everything that can fails, then
// everything is well for a while, and again; at the end it is judged what really ran, and whether what did not is accounted for.
import type { HistoryEntry } from '../../../daemon/chronos/model/run.ts';
import type { SeededRandom } from '../../core/random.ts';
import { Simulation } from '../../simulation.ts';
import { Chaos } from '../chaos.ts';
import { DEFAULT_STEPS, faultsIn, type RunOptions, type RunReport } from '../run.ts';
import { ChronosCluster } from './cluster.ts';
import { type JudgedJob, judge, type Target } from './judge.ts';
import { StartWitness, type WitnessedStart } from './witness.ts';

const SECOND_MS = 1_000;
/** Steps with faults between two calms; the last of them may be fewer. */
const ROUND_STEPS = 60;
const CALM_MS = 200 * SECOND_MS;
const JOB_CHANCE = 0.15;
const CLOCK_CHANCE = 0.04;
const MAX_SKEW_SECONDS = 40;
const FORGIVENESS_MS = 5 * SECOND_MS;
/** Processes may stand still for so long after the last fault was put in, and machines be down. */
const LAST_FAULT_MS = 20 * SECOND_MS;
/** From the last heal on everything must be as it should (chronos.md 20.9). */
const HEALED_MS = 60 * SECOND_MS;
/** A run may be under way for so long after its window, with its retries. */
const STUCK_MS = 90 * SECOND_MS;

/** One that clients asked for. */
interface TestJob extends JudgedJob {
  readonly name: string;
  /** It has the rule of lateness; else the one of catching up. */
  readonly hasEpsilon: boolean;
  readonly retries: number;
  /** When somebody was told that it is stored. */
  acknowledgedMs: number | undefined;
  isAsked: boolean;
}

/** From the first fault of a round until everything must be well again. */
interface Trouble {
  readonly fromMs: number;
  untilMs: number;
}

/** Broken promises are in `violations` of the report; nothing is thrown. */
export async function runChronosScenario(options: Omit<RunOptions, 'size'>): Promise<RunReport> {
  const { seed, steps = DEFAULT_STEPS, tell = () => undefined, log } = options;
  const violations: string[] = [];
  const simulation = new Simulation({
    seed,
    log: (line) => {
      if (line.level === 'error' && line.process.includes('chronos'))
        violations.push(
          `Chronos logs an error: ${line.message} ${JSON.stringify(line.fields)} ${errorOf(line.fields)}`,
        );
      log?.(line);
    },
  });
  const say = (text: string) => tell(`${(simulation.nowMs / 1000).toFixed(3).padStart(9)} ${text}`);
  const random = simulation.random('steps');
  const cluster = new ChronosCluster(simulation, {
    agents: 3 + (seed % 3),
    masters: seed % 4 === 2 ? 1 : 3,
    chronoses: seed % 4 === 0 ? 1 : 3,
  });
  const witness = new StartWitness((job) => cluster.history(job));
  simulation.onLaunch((run, host) => witness.launched(run, host, simulation.wallMs));
  const chaos = new Chaos(
    simulation,
    {
      processes: cluster.processes,
      rebootable: [...cluster.agentHosts, ...cluster.masterHosts, ...cluster.chronosHosts],
      disks: [...cluster.chronosHosts, ...cluster.chronosHosts, ...cluster.masterHosts, ...cluster.agentHosts],
      ensemble: cluster.ensemble,
    },
    say,
  );
  const jobs: TestJob[] = [];
  const troubles: Trouble[] = [];
  const answers = new Map<string, number>();
  const targets = { judged: 0, excused: 0 };
  let clockJumps = 0;

  function ask(job: TestJob): void {
    const to = random.pick(cluster.chronosHosts);
    if (to === undefined || job.isAsked || job.acknowledgedMs !== undefined) return;
    job.isAsked = true;
    void cluster.post('/v1/scheduler/iso8601', bodyOf(job), to).then((status) => {
      const key = String(status ?? 'none');
      answers.set(key, (answers.get(key) ?? 0) + 1);
      say(`${job.name}: ${key}`);
      job.isAsked = false;
      if (status === 204) job.acknowledgedMs = simulation.wallMs;
      else if (status !== undefined && status < 500) violations.push(`${job.name} was answered with ${status}`);
    });
  }

  function jumpClock(): void {
    // Chronos' clocks matter most; those of others are not to matter.
    const host = random.pick(
      random.chance(0.7) ? cluster.chronosHosts : [...cluster.masterHosts, ...cluster.agentHosts],
    );
    if (host === undefined) return;
    const seconds = random.integer(2 * MAX_SKEW_SECONDS + 1) - MAX_SKEW_SECONDS;
    say(`the clock of ${host.name} is ${seconds} s off`);
    host.skewClock(seconds * SECOND_MS);
    clockJumps += 1;
  }

  async function pass(forMs: number, hasFaults: boolean): Promise<void> {
    if (hasFaults) {
      chaos.step();
      if (random.chance(CLOCK_CHANCE)) jumpClock();
    } else chaos.supervise();
    if (random.chance(hasFaults ? JOB_CHANCE : JOB_CHANCE / 3))
      jobs.push(newJob(random, jobs.length, simulation.wallMs));
    for (const job of jobs) if (random.chance(0.5)) ask(job);
    await simulation.run({ forMs });
    violations.push(...witness.violations.splice(0));
    if (cluster.actingMasters > 1) violations.push(`${cluster.actingMasters} masters lead at a time`);
  }

  try {
    await simulation.run({ forMs: 5 * SECOND_MS });
    for (let done = 0; done < steps && violations.length === 0; done += ROUND_STEPS) {
      const trouble = { fromMs: simulation.wallMs, untilMs: Number.POSITIVE_INFINITY };
      troubles.push(trouble);
      if (done > 0) chaos.resume();
      if (cluster.ensemble !== undefined) cluster.ensemble.isSteady = false;
      for (let step = done; step < Math.min(steps, done + ROUND_STEPS) && violations.length === 0; step++)
        await pass(random.between(100, 3_000), true);
      chaos.end();
      if (cluster.ensemble !== undefined) cluster.ensemble.isSteady = true;
      for (const host of simulation.hosts) host.skewClock(0);
      trouble.untilMs = simulation.wallMs + LAST_FAULT_MS + HEALED_MS;
      const calmUntilMs = simulation.nowMs + CALM_MS;
      while (simulation.nowMs < calmUntilMs && violations.length === 0) await pass(2_000, false);
    }
    if (violations.length === 0) violations.push(...judgeAll());
  } catch (error) {
    violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  function judgeAll(): string[] {
    const found: string[] = [];
    if (cluster.subscribed !== 1) found.push(`${cluster.subscribed} Chronos are subscribed at the end`);
    for (const job of jobs) {
      if (job.acknowledgedMs !== undefined) found.push(...judgeJob(job, job.acknowledgedMs));
      else if (job.startMs + HEALED_MS < simulation.wallMs) found.push(`${job.name} was never stored`);
    }
    return found;
  }

  function judgeJob(job: TestJob, acknowledgedMs: number): string[] {
    const starts = witness.of(job.name);
    const runs = starts.map((start) => ({
      ...start,
      endMs: start.run.exitLine === 'exited 0' ? start.startMs : undefined,
    }));
    const verdict = judge(job, runs, simulation.wallMs);
    const wasStored = ({ dueMs }: Target) => dueMs > acknowledgedMs;
    const unsatisfied = verdict.unsatisfied.filter(wasStored);
    targets.judged += verdict.targets.filter(wasStored).length;
    targets.excused += unsatisfied.length;
    const history = cluster.history(job.name);
    const live = new Set(cluster.liveDues(job.name));
    return unsatisfied.flatMap((target) => {
      const of = starts.filter(({ dueMs }) => dueMs === target.dueMs);
      const entries = history.filter(({ dueMs, lastDueMs }) => dueMs <= target.dueMs && target.dueMs <= lastDueMs);
      const what = `${job.name}, occurrence ${target.index} due at ${((target.dueMs - simulation.wallMs + simulation.nowMs) / 1000).toFixed(3)}`;
      // What is under way so long after the last heal never ends.
      const isLive = live.has(target.dueMs) && target.untilMs > simulation.wallMs - STUCK_MS;
      const why = unaccounted(of, entries, isLive);
      const isExcused = troubles.some((trouble) => isWithin(target, job, trouble));
      return [
        ...(why === undefined ? [] : [`${what}: ${why}`]),
        ...(isExcused ? [] : [`${what}: no complete run in its window, and nothing was wrong; ${brief(of, entries)}`]),
      ];
    });
  }

  const counts = { ...simulation.network.counts, ...Object.fromEntries(chaos.counts), clock: clockJumps };
  return {
    seed,
    steps,
    events: simulation.events,
    faults: counts,
    faultCount: faultsIn(counts),
    launches: witness.count,
    updates: jobs.reduce((sum, job) => sum + cluster.history(job.name).reduce((all, { count }) => all + count, 0), 0),
    answers: Object.fromEntries(answers),
    targets,
    virtualMs: simulation.nowMs,
    fingerprint: simulation.fingerprint,
    violations,
  };
}

/** chronos.md 20.1. */
function newJob(random: SeededRandom, serial: number, wallMs: number): TestJob {
  const durationMs = random.integer(10) * SECOND_MS;
  const epsilonMs = (10 + random.integer(20)) * SECOND_MS;
  return {
    name: `job-${serial + 1}`,
    startMs: Math.ceil(wallMs) + 10 * SECOND_MS,
    count: 1 + random.integer(99),
    durationMs,
    epsilonMs,
    intervalMs: SECOND_MS + durationMs + epsilonMs + FORGIVENESS_MS + random.integer(31) * SECOND_MS,
    forgivenessMs: FORGIVENESS_MS,
    hasEpsilon: random.chance(0.8),
    retries: random.integer(3),
    acknowledgedMs: undefined,
    isAsked: false,
  };
}

function bodyOf({ name, startMs, count, durationMs, epsilonMs, intervalMs, hasEpsilon, retries }: TestJob): object {
  return {
    name,
    command: `echo ${name} begins; sleep ${durationMs / 1000}; echo ${name} ends`,
    schedule: `R${count}/${new Date(startMs).toISOString()}/PT${intervalMs / 1000}S`,
    retries,
    cpus: 0.05,
    mem: 8,
    disk: 8,
    ...(hasEpsilon && { epsilon: `PT${epsilonMs / 1000}S` }),
  };
}

/** Something was wrong while its run was due or under way. */
function isWithin({ dueMs, untilMs }: Target, { durationMs }: JudgedJob, trouble: Trouble): boolean {
  return dueMs <= trouble.untilMs && untilMs + durationMs >= trouble.fromMs;
}

/** Why nobody could know from the history what became of an occurrence without a good run; undefined: it is known. */
function unaccounted(
  starts: readonly WitnessedStart[],
  entries: readonly HistoryEntry[],
  isLive: boolean,
): string | undefined {
  if (isLive) return undefined;
  if (entries.length === 0) return `it is not in the history; ${brief(starts, entries)}`;
  if (entries.some(({ message, result }) => message === '' && result !== 'success'))
    return 'its history says no reason';
  const results = entries.map(({ result }) => result);
  if (starts.length === 0 && results.includes('success')) return 'history says that it succeeded; it never started';
  const passed = ['missed', 'coalesced', 'skipped-overlap', 'discarded'];
  if (starts.length > 0 && results.every((result) => passed.includes(result)))
    return `history says ${results.join()}, but it started ${starts.length} times`;
  return undefined;
}

function brief(starts: readonly WitnessedStart[], entries: readonly HistoryEntry[]): string {
  const ran = starts.map(
    ({ taskId, startMs, dueMs, run }) =>
      `${taskId} at due ${startMs < dueMs ? '-' : '+'} ${Math.round(Math.abs(startMs - dueMs))} ms, ${run.exitLine ?? 'runs'}`,
  );
  const said = entries.map(({ result, message }) => `${result} (${message})`);
  return `started: ${ran.join(', ') || 'never'}; history: ${said.join(', ') || 'nothing'}`;
}

function errorOf(fields: Readonly<Record<string, unknown>>): string {
  const { error } = fields;
  return error instanceof Error ? (error.stack ?? error.message) : '';
}
