// What Chronos counts, as /metrics and /metrics/prometheus show it (chronos.md 15). Counts are of this leadership and in memory; what can be
// read where it lives is read when somebody asks.
import type { World } from '../../../world/world.ts';
import { QUANTILES, Timer } from '../../serving/metrics/timer.ts';
import type { ChronosCore, Unsubscribe } from '../core.ts';
import type { HistoryEntry, RunResult } from '../model/run.ts';
import type { PostOffice } from '../notices/post-office.ts';
import { histogram } from '../output/statistics.ts';
import type { Counters } from './counters.ts';
import { Distribution } from './distribution.ts';

type Parts = Pick<ChronosCore, 'jobs' | 'runs' | 'queue'> & {
  readonly world: Pick<World, 'clock'>;
  readonly counters: Counters;
  readonly notices: Pick<PostOffice, 'counts'>;
};

const DURATION_BOUNDS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400];
const LAG_BOUNDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

/** Costs one entry a job; jobs that are gone are forgotten. */
export class Metrics {
  readonly #parts: Parts;
  readonly #byJob = new Map<string, Map<RunResult, number>>();
  readonly #durations = new Distribution(DURATION_BOUNDS);
  readonly #lags = new Distribution(LAG_BOUNDS);
  /** By route; there are not more of them than the API has. */
  readonly #timers = new Map<string, Timer>();
  readonly #subscriptions: Unsubscribe[] = [];
  #missed = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    const { runs, jobs } = this.#parts;
    this.#subscriptions.push(
      runs.onEnd(({ job, entry }) => this.#ended(job.definition.name, entry)),
      jobs.onChange(({ name, job }) => {
        if (job === undefined) this.#byJob.delete(name);
      }),
    );
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
  }

  #ended(job: string, { result, count, startedMs, endedMs, dueMs, cause, attempt }: HistoryEntry): void {
    let results = this.#byJob.get(job);
    if (results === undefined) {
      results = new Map();
      this.#byJob.set(job, results);
    }
    results.set(result, (results.get(result) ?? 0) + count);
    if (result === 'missed') this.#missed += count;
    if (startedMs === undefined) return;
    this.#durations.add(Math.max(0, endedMs - startedMs) / 1000);
    // Of later attempts the planned time says nothing.
    if (cause === 'schedule' && attempt === 0) this.#lags.add(Math.max(0, startedMs - dueMs) / 1000);
  }

  /** A request that had its answer. `route`: `GET /scheduler/job/:name`. Monotonic ms. */
  answered(route: string, startMs: number, endMs: number): void {
    let timer = this.#timers.get(route);
    if (timer === undefined) {
      timer = new Timer(startMs);
      this.#timers.set(route, timer);
    }
    timer.record(startMs, endMs);
  }

  /** As the original's Dropwizard document (chronos.md 15.1, 15.2). */
  json(): object {
    const { queue, runs, jobs, counters, world, notices } = this.#parts;
    const nowMs = world.clock.monotonicMs();
    const { high, normal } = queue.lengths;
    const original = 'org.apache.mesos.chronos.scheduler';
    const revives = { count: counters.of('mesos.calls.revive.counter') };
    const results = [...this.#byJob];
    const counted = (name: string, ...of: readonly RunResult[]) =>
      results.flatMap(([job, counts]) => {
        const count = of.reduce((sum, result) => sum + (counts.get(result) ?? 0), 0);
        return count === 0 ? [] : [[`jobs.run.${name}.${job}`, { count }] as const];
      });
    const histograms = [...jobs.all()].flatMap(({ definition: { name } }) => {
      const durations = runs.durationsMs(name);
      return durations.length === 0 ? [] : [[`jobs.run.time.${name}`, dropwizard(durations)] as const];
    });
    return {
      version: '4.0.0',
      gauges: {
        [`${original}.jobs.TaskManager.queueSize`]: { value: normal },
        [`${original}.jobs.TaskManager.highQueueSize`]: { value: high },
        'chronos.uptime.seconds': { value: nowMs / 1000 },
      },
      counters: {
        ...Object.fromEntries([...counted('success', 'success'), ...counted('failure', 'failure', 'lost')]),
        [`${original}.mesos.MesosOfferReviver.reviveOffersCount`]: revives,
        [`${original}.mesos.MesosOfferReviver.reviveOffersRequestCount`]: revives,
        ...Object.fromEntries(
          [...notices.counts()].flatMap(([channel, counts]) =>
            Object.entries(counts).map(([result, count]) => [`chronos.notices.${channel}.${result}`, { count }]),
          ),
        ),
      },
      histograms: Object.fromEntries(histograms),
      meters: {},
      timers: Object.fromEntries(
        [...this.#timers].map(([route, timer]) => [`chronos.http.${route}`, timer.json(nowMs)]),
      ),
    };
  }

  /** Text format 0.0.4. `storeErrors`: of this process, as one ends a leadership. */
  text({ storeErrors }: { readonly storeErrors: number }): string {
    const { queue, notices } = this.#parts;
    const { high, normal } = queue.lengths;
    const runs = [...this.#byJob].flatMap(([job, results]) =>
      [...results].map(([result, count]) => `chronos_runs_total{job="${escaped(job)}",result="${result}"} ${count}`),
    );
    const lines = [
      '# TYPE chronos_runs_total counter',
      ...runs,
      ...this.#durations.lines('chronos_run_duration_seconds'),
      ...this.#lags.lines('chronos_start_lag_seconds'),
      '# TYPE chronos_missed_total counter',
      `chronos_missed_total ${this.#missed}`,
      '# TYPE chronos_queue_length gauge',
      `chronos_queue_length{priority="high"} ${high}`,
      `chronos_queue_length{priority="normal"} ${normal}`,
      '# TYPE chronos_jobs gauge',
      `chronos_jobs ${this.#parts.jobs.count}`,
      '# TYPE chronos_unplaceable_jobs gauge',
      `chronos_unplaceable_jobs ${queue.unplaceable().size}`,
      '# TYPE chronos_leader gauge',
      'chronos_leader 1',
      '# TYPE chronos_store_errors_total counter',
      `chronos_store_errors_total ${storeErrors}`,
      '# TYPE chronos_notices_total counter',
      ...[...notices.counts()].flatMap(([channel, counts]) =>
        Object.entries(counts).map(
          ([result, count]) => `chronos_notices_total{channel="${channel}",result="${result}"} ${count}`,
        ),
      ),
      '# TYPE chronos_http_request_seconds summary',
      ...[...this.#timers].flatMap(([route, timer]) => this.#routeLines(route, timer)),
    ];
    return `${lines.join('\n')}\n`;
  }

  #routeLines(route: string, timer: Timer): string[] {
    const [method, path] = route.split(' ');
    const labels = `method="${method}",route="${path}"`;
    const { quantiles } = timer.spread();
    const { count } = timer.rates(this.#parts.world.clock.monotonicMs());
    return [
      ...QUANTILES.map(
        ([, rank], i) => `chronos_http_request_seconds{${labels},quantile="${rank}"} ${quantiles[i] ?? 0}`,
      ),
      `chronos_http_request_seconds_sum{${labels}} ${timer.sumSeconds}`,
      `chronos_http_request_seconds_count{${labels}} ${count}`,
    ];
  }
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function dropwizard(durationsMs: readonly number[]): object {
  const all = histogram(durationsMs);
  const squares = durationsMs.reduce((sum, ms) => sum + (ms - all.mean) ** 2, 0);
  return {
    count: all.count,
    max: Math.max(...durationsMs),
    min: Math.min(...durationsMs),
    mean: all.mean,
    p50: all.median,
    p75: all['75thPercentile'],
    p95: all['95thPercentile'],
    p98: all['98thPercentile'],
    p99: all['99thPercentile'],
    // There are not enough of them for anything between.
    p999: Math.max(...durationsMs),
    stddev: Math.sqrt(squares / Math.max(1, durationsMs.length - 1)),
  };
}
