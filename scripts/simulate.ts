// Runs a scenario of the simulator over seeds and tells what it survived (ARCHITECTURE.md, "World").
//   npm run simulate -- [--scenario cluster|failover|marathon|marathons|chronos] [--seed N] [--seeds K] [--steps M] [--workers W] [--verbose]
// One seed prints its fingerprint: the same seed and steps give the same one, bit for bit. --verbose tells every fault and
// every log line in virtual time. Exit code 1 when a promise was broken; the failing seed is printed and replays alone.
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { formatLogLine } from '../src/simulation/index.ts';
import { runChronosScenario } from '../src/simulation/scenario/chronos/run.ts';
import { runMarathonFailoverScenario, runMarathonScenario } from '../src/simulation/scenario/marathon/run.ts';
import { DEFAULT_STEPS, type RunReport, runFailoverScenario, runScenario } from '../src/simulation/scenario/run.ts';

const SCENARIOS = {
  cluster: runScenario,
  failover: runFailoverScenario,
  marathon: runMarathonScenario,
  marathons: runMarathonFailoverScenario,
  chronos: runChronosScenario,
} as const;
type ScenarioName = keyof typeof SCENARIOS;

interface Batch {
  readonly scenario: ScenarioName;
  readonly seeds: readonly number[];
  readonly steps: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'cluster' },
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      steps: { type: 'string', default: String(DEFAULT_STEPS) },
      workers: { type: 'string', default: '2' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const [first, count, steps, workers] = [values.seed, values.seeds, values.steps, values.workers].map(Number);
  if (![first, count, steps, workers].every((value) => Number.isSafeInteger(value) && Number(value) >= 0)) {
    process.stderr.write('--seed, --seeds, --steps and --workers are whole numbers\n');
    process.exitCode = 2;
    return;
  }
  const { scenario } = values;
  if (!isScenario(scenario)) {
    process.stderr.write(`--scenario is one of ${Object.keys(SCENARIOS).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const seeds = Array.from({ length: count ?? 1 }, (_, index) => (first ?? 1) + index);
  const startMs = performance.now();
  const reports =
    seeds.length === 1 || values.verbose
      ? await runHere({ scenario, seeds, steps: steps ?? DEFAULT_STEPS }, values.verbose)
      : await runInWorkers({ scenario, seeds, steps: steps ?? DEFAULT_STEPS }, Math.max(1, workers ?? 1));
  summarize(reports, (performance.now() - startMs) / 1000);
}

async function runHere(batch: Batch, isVerbose: boolean): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  for (const seed of batch.seeds) {
    const print = (text: string) => process.stdout.write(`${text}\n`);
    const voice = isVerbose
      ? { tell: print, log: (line: Parameters<typeof formatLogLine>[0]) => print(formatLogLine(line)) }
      : {};
    const report = await SCENARIOS[batch.scenario]({ seed, steps: batch.steps, ...voice });
    reports.push(report);
    tellFailure(batch, report);
  }
  return reports;
}

/** Each worker takes every n-th seed. */
async function runInWorkers(batch: Batch, workers: number): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  const parts = Array.from({ length: Math.min(workers, batch.seeds.length) }, (_, index) => ({
    ...batch,
    seeds: batch.seeds.filter((_seed, position) => position % workers === index),
  }));
  await Promise.all(
    parts.map(
      (part) =>
        new Promise<void>((resolve, reject) => {
          const worker = new Worker(new URL(import.meta.url), { workerData: part });
          worker.on('message', (report: RunReport) => {
            reports.push(report);
            tellFailure(batch, report);
          });
          worker.on('error', reject);
          worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
        }),
    ),
  );
  return reports;
}

async function work(batch: Batch): Promise<void> {
  for (const seed of batch.seeds) {
    parentPort?.postMessage(await SCENARIOS[batch.scenario]({ seed, steps: batch.steps }));
  }
}

function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(SCENARIOS, name);
}

function tellFailure({ scenario, steps }: Batch, report: RunReport): void {
  if (report.violations.length > 0) {
    const lines = report.violations.slice(0, 10).map((text) => `  ${text}`);
    process.stdout.write(
      `seed ${report.seed} FAILED\n${lines.join('\n')}\n  replay: npm run simulate -- --scenario ${scenario} --seed ${report.seed} --steps ${steps} --verbose\n`,
    );
  }
}

function summarize(reports: readonly RunReport[], seconds: number): void {
  const sum = (of: (report: RunReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  const failed = reports.filter((report) => report.violations.length > 0);
  const faults = new Map<string, number>();
  for (const report of reports) {
    for (const [kind, count] of Object.entries(report.faults)) {
      faults.set(kind, (faults.get(kind) ?? 0) + count);
    }
  }
  const per = (count: number) => Math.round(count / seconds);
  const lines = [
    `${reports.length} seeds, ${failed.length} failed, in ${seconds.toFixed(1)} s (${(reports.length / seconds).toFixed(1)} seeds/s)`,
    `${sum((report) => report.steps)} steps (${per(sum((report) => report.steps))}/s), ${sum((report) => report.faultCount)} faults (${per(sum((report) => report.faultCount))}/s), ${sum((report) => report.events)} events (${per(sum((report) => report.events))}/s)`,
    `${sum((report) => report.launches)} tasks started, ${sum((report) => report.updates)} status updates, ${sum((report) => report.operations ?? 0)} operations on resources, ${(sum((report) => report.virtualMs) / 3_600_000).toFixed(1)} virtual hours`,
    `faults: ${[...faults].map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    ...answersOf(reports),
    ...targetsOf(reports),
    ...(reports.length === 1 ? [`fingerprint ${reports[0]?.fingerprint}`] : []),
    ...(failed.length > 0 ? [`failing seeds: ${failed.map((report) => report.seed).join(', ')}`] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** What was judged, where a scenario has occurrences that must run. */
function targetsOf(reports: readonly RunReport[]): string[] {
  if (reports.every(({ targets }) => targets === undefined)) return [];
  const sum = (of: 'judged' | 'excused') => reports.reduce((total, { targets }) => total + (targets?.[of] ?? 0), 0);
  return [
    `${sum('judged')} occurrences were due, ${sum('excused')} got no run in time while faults lasted, all accounted for unless a seed failed`,
  ];
}

/** What clients were answered, where a scenario has clients. */
function answersOf(reports: readonly RunReport[]): string[] {
  const sums = new Map<string, number>();
  for (const { answers = {} } of reports) {
    for (const [status, count] of Object.entries(answers)) sums.set(status, (sums.get(status) ?? 0) + count);
  }
  return sums.size === 0 ? [] : [`answers: ${[...sums].map(([status, count]) => `${status} ${count}`).join(', ')}`];
}

if (isMainThread) {
  await main();
} else {
  await work(workerData as Batch);
}
