// Chronos against a real master and 100 agents in one process whose tasks start nothing: jobs in growing numbers that are not due, the cost of
// a change among them, which is to stay the same; and 1,000 jobs that are due in the same second.
import { type DaemonProcess, type DaemonSet, getJson, until } from '../test/integration/daemon-processes.ts';
import { type IdleCluster, startIdleCluster, timed } from './idle-cluster.ts';
import { type BenchOptions, type BenchRow, median, row } from './row.ts';

const CHANGES = 51;
const POSTERS = 8;
/** Time for all of them to be stored before they are due. */
const LEAD_MS = 15_000;
const FAR_AWAY = '2099-01-01T00:00:00Z';

export async function run({ quick, note }: BenchOptions): Promise<BenchRow[]> {
  const sizes = quick ? [100, 1000] : [1000, 5000, 9000];
  const due = quick ? 100 : 1000;
  const cluster = await startIdleCluster('chronos');
  try {
    const rows: BenchRow[] = [];
    let count = 0;
    for (const size of sizes) {
      note(`${size} jobs`);
      rows.push(...(await growTo(cluster.framework, count, size)));
      count = size;
    }
    note(`${due} more, due in the same second`);
    rows.push(...(await fire(cluster, count, due)));
    return rows;
  } finally {
    await cluster.stop();
  }
}

/** Adds jobs that are never due, eight requests at a time; then costs of single requests. */
async function growTo(chronos: DaemonProcess, before: number, count: number): Promise<BenchRow[]> {
  const cpuBefore = chronos.cpuSeconds();
  const names = Array.from({ length: count - before }, (_, index) => `idle-${before + index}`);
  let answers: readonly number[] = [];
  const seconds = await timed(async () => {
    answers = await store(chronos, names, `R/${FAR_AWAY}/P1D`);
  });
  const present = await getJson<readonly unknown[]>(`${chronos.url}/v1/scheduler/jobs`);
  if (present.length !== count) throw new Error(`${count} jobs were taken, and ${present.length} are there`);
  const cpuMs = ((chronos.cpuSeconds() - cpuBefore) / names.length) * 1000;
  const changes: number[] = [];
  for (let index = 0; index < CHANGES; index++) {
    const job = { ...definition(`idle-${index}`, `R/${FAR_AWAY}/P1D`), description: `round ${count}` };
    changes.push(await timed(() => post(chronos, job)));
  }
  const summary = await timed(() => getJson(`${chronos.url}/v1/scheduler/jobs/summary`));
  return [
    row(`${count} jobs: add one, each`, (seconds / names.length) * 1000, undefined, 'ms'),
    row(`${count} jobs: ${names.length} POSTs in a row, p99 answer after`, p99(answers) * 1000, undefined, 'ms'),
    row(`${count} jobs: Chronos CPU a job added`, cpuMs, undefined, 'ms'),
    row(`${count} jobs: change one, answer after`, median(changes) * 1000, undefined, 'ms'),
    row(`${count} jobs: GET jobs/summary`, summary * 1000, undefined, 'ms'),
    row(`${count} jobs: Chronos resident memory`, chronos.residentMb(), undefined, 'MB'),
  ];
}

/** `due` jobs more, all at the same instant: from then until the last runs, as the master sees it. */
async function fire({ framework: chronos, daemons }: IdleCluster, count: number, due: number): Promise<BenchRow[]> {
  const dueMs = Math.ceil((Date.now() + LEAD_MS) / 1000) * 1000;
  const names = Array.from({ length: due }, (_, index) => `due-${index}`);
  await store(chronos, names, `R1/${new Date(dueMs).toISOString()}/PT24H`);
  if (Date.now() >= dueMs) throw new Error('the jobs were not stored before they were due');
  const early = await tasksRunning(daemons);
  if (early !== 0) throw new Error(`${early} tasks run before they are due`);
  const cpuBefore = chronos.cpuSeconds();
  await new Promise((resolve) => setTimeout(resolve, dueMs - Date.now()));
  await until(`${due} tasks run`, 120_000, async () => (await tasksRunning(daemons)) === due);
  const seconds = (Date.now() - dueMs) / 1000;
  const cpuMs = ((chronos.cpuSeconds() - cpuBefore) / due) * 1000;
  const among = `${due} of ${count + due} jobs due in the same second`;
  return [
    row(`${among}: all running after`, seconds, undefined, 's'),
    row(`${among}: Chronos CPU a run`, cpuMs, undefined, 'ms'),
    row(`${count + due} jobs, ${due} running: Chronos resident memory`, chronos.residentMb(), undefined, 'MB'),
  ];
}

async function tasksRunning({ master }: DaemonSet): Promise<number> {
  const metrics = await getJson<Record<string, number>>(`${master.url}/metrics/snapshot`);
  return metrics['master/tasks_running'] ?? 0;
}

/** Seconds that each was answered after. */
async function store(chronos: DaemonProcess, names: readonly string[], schedule: string): Promise<number[]> {
  let next = 0;
  const answers: number[] = [];
  await Promise.all(
    Array.from({ length: POSTERS }, async () => {
      for (let name = names[next++]; name !== undefined; name = names[next++]) {
        const job = definition(name, schedule);
        answers.push(await timed(() => post(chronos, job)));
      }
    }),
  );
  return answers;
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}

function definition(name: string, schedule: string): object {
  return { name, command: 'sleep 1000', schedule, cpus: 0.1, mem: 16, disk: 1 };
}

async function post({ url }: DaemonProcess, job: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/v1/scheduler/iso8601`, { method: 'POST', headers, body: JSON.stringify(job) });
  const text = await answer.text();
  if (answer.status !== 204) throw new Error(`a job was answered with ${answer.status}: ${text}`);
}
