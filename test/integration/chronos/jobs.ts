// The jobs of the soak: short ones of every kind, by seed. Most are on a calendar every few seconds; some fail once or always, some take
// longer than their period, some end after a few runs; others come after one or two of these.
import type { SeededRandom } from '../../../src/simulation/core/random.ts';
import type { Ledger, Verdict } from './ledger.ts';

/** One to post, with what is known of it without asking. */
export interface SoakJob {
  readonly name: string;
  readonly when:
    | {
        readonly kind: 'scheduled';
        readonly startMs: number;
        readonly periodMs: number;
        readonly limit: number | undefined;
      }
    | { readonly kind: 'dependent'; readonly parents: readonly string[] };
  readonly epsilonMs: number | undefined;
  readonly retries: number;
  readonly isConcurrent: boolean;
  readonly isSoft: boolean;
  /** For the API. */
  readonly body: object;
}

/** Of scheduled ones; what else there is depends on a parent. */
const SCHEDULED_SHARE = 0.72;

export interface SoakJobsOptions {
  readonly count: number;
  /** The first occurrence of any of them comes after it. */
  readonly fromMs: number;
  readonly periodSeconds: { readonly least: number; readonly most: number };
}

/** Parents before children. */
export function soakJobs(random: SeededRandom, ledger: Ledger, options: SoakJobsOptions): SoakJob[] {
  const { count, fromMs, periodSeconds } = options;
  const scheduledCount = Math.round(count * SCHEDULED_SHARE);
  const jobs: SoakJob[] = [];
  for (let index = 0; index < count; index += 1) {
    const verdict: Verdict = random.chance(0.2) ? 'fail-first' : random.chance(0.06) ? 'fail' : 'succeed';
    const periodMs = 1000 * (periodSeconds.least + random.integer(periodSeconds.most - periodSeconds.least + 1));
    const isSlow = random.chance(0.1);
    const seconds = isSlow ? periodMs / 1000 + 1 : Math.round(random.between(0.1, 1.5) * 10) / 10;
    const common = {
      retries: verdict === 'succeed' ? random.integer(2) : 1 + random.integer(2),
      isConcurrent: random.chance(0.15),
      isSoft: verdict === 'fail',
    };
    const command = ledger.command(seconds, verdict);
    jobs.push(
      index < scheduledCount
        ? scheduled(random, { index, fromMs, periodMs, command, ...common })
        : dependent(random, jobs, { index, command, ...common }),
    );
  }
  return jobs;
}

interface Common {
  readonly index: number;
  readonly command: string;
  readonly retries: number;
  readonly isConcurrent: boolean;
  readonly isSoft: boolean;
}

function scheduled(
  random: SeededRandom,
  job: Common & { readonly fromMs: number; readonly periodMs: number },
): SoakJob {
  const { fromMs, periodMs } = job;
  const startMs = Math.ceil(fromMs / 1000) * 1000 + random.integer(periodMs);
  const limit = random.chance(0.1) ? 2 + random.integer(5) : undefined;
  const epsilonMs = random.chance(0.5) ? 1000 * (5 + random.integer(16)) : undefined;
  return {
    ...common(`on-time-${job.index}`, job),
    when: { kind: 'scheduled', startMs, periodMs, limit },
    epsilonMs,
    body: {
      ...body(`on-time-${job.index}`, job),
      schedule: `R${limit ?? ''}/${new Date(startMs).toISOString()}/PT${periodMs / 1000}S`,
      ...(epsilonMs !== undefined && { epsilon: `PT${epsilonMs / 1000}S` }),
    },
  };
}

function dependent(random: SeededRandom, others: readonly SoakJob[], job: Common): SoakJob {
  const wanted = random.chance(0.4) ? 2 : 1;
  const parents = [...new Set(Array.from({ length: wanted }, () => random.pick(others)?.name ?? ''))].sort();
  return {
    ...common(`after-${job.index}`, job),
    when: { kind: 'dependent', parents },
    epsilonMs: undefined,
    body: { ...body(`after-${job.index}`, job), parents },
  };
}

function common(name: string, { retries, isConcurrent, isSoft }: Common) {
  return { name, retries, isConcurrent, isSoft };
}

function body(name: string, { command, retries, isConcurrent, isSoft }: Common): object {
  const resources = { cpus: 0.1, mem: 16, disk: 8 };
  return { name, command, retries, concurrent: isConcurrent, softError: isSoft, ...resources };
}
