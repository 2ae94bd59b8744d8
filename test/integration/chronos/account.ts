// Holds what Chronos tells of its jobs against the ledger of what really ran: every occurrence is accounted for, nothing is doubled
// beyond a loss that is on record, and what history says of each is true. Pure; times in ms since 1970.
import type { LedgerRun } from './ledger.ts';

/** A job as it was posted, and what Chronos knows of it at the end, when nothing of it is alive. */
export interface SoakedJob {
  readonly name: string;
  readonly when:
    | {
        readonly kind: 'scheduled';
        readonly startMs: number;
        readonly periodMs: number;
        /** Undefined: without end. */
        readonly limit: number | undefined;
        /** The first occurrence that Chronos has not taken; undefined: it has taken all. */
        readonly nextMs: number | undefined;
      }
    | { readonly kind: 'dependent'; readonly parents: readonly string[] };
  readonly epsilonMs: number | undefined;
  readonly retries: number;
  readonly isConcurrent: boolean;
  readonly isSoft: boolean;
  readonly successCount: number;
  readonly errorCount: number;
  /** Oldest first. */
  readonly history: readonly SoakedLine[];
}

/** A line of history. */
export interface SoakedLine {
  /** Of the run; 0: occurrences that got none. */
  readonly number: number;
  readonly cause: string;
  readonly dueMs: number;
  readonly lastDueMs: number;
  readonly count: number;
  readonly attempt: number;
  readonly result: string;
  readonly endedMs: number;
  readonly message: string;
}

/** What there was, for people, and what is wrong. */
export interface Account {
  readonly occurrences: number;
  readonly sets: number;
  /** Lines of history by result; of passed occurrences how many they stand for. */
  readonly results: Readonly<Record<string, number>>;
  /** Of runs told as lost, by reason. */
  readonly losses: Readonly<Record<string, number>>;
  readonly starts: number;
  /** Attempts whose process was started more than once, each after a loss that is on record. */
  readonly startedAgain: number;
  readonly incomplete: number;
  readonly wrong: readonly string[];
}

const PASSED: ReadonlySet<string> = new Set(['missed', 'coalesced', 'skipped-overlap', 'discarded']);
const isPassed = ({ result }: SoakedLine): boolean => PASSED.has(result);
const isLoss = ({ result }: SoakedLine): boolean => result === 'lost' || result === 'killed';

/** `stoppedMs`: when the calendar was stopped; jobs are disabled since, and what fails is not tried again. */
export function account(jobs: readonly SoakedJob[], ledger: readonly LedgerRun[], stoppedMs: number): Account {
  const wrong: string[] = [];
  const results: Record<string, number> = {};
  const losses: Record<string, number> = {};
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const ran = Map.groupBy(ledger, ({ job }) => job);
  let [occurrences, sets, startedAgain] = [0, 0, 0];
  for (const job of jobs) {
    const say = (text: string): number => wrong.push(`${job.name}: ${text}`);
    for (const { result, count, message } of job.history) {
      results[result] = (results[result] ?? 0) + count;
      if (result !== 'lost') continue;
      // Without the ids in it.
      const reason = message.replace(/ Offer \S+ is/, ' Offer is');
      losses[reason] = (losses[reason] ?? 0) + 1;
    }
    if (job.when.kind === 'scheduled') occurrences += occurrencesOf(job, job.when, say);
    else sets += setsOf(job, job.when.parents, byName, say);
    runsOf(job, stoppedMs, say);
    countersOf(job, say);
    reasonsOf(job, say);
    startedAgain += startsOf(job, ran.get(job.name) ?? [], say);
    sideBySide(job, ran.get(job.name) ?? [], say);
  }
  for (const [name, runs] of ran) if (!byName.has(name)) wrong.push(`${name}: ran ${runs.length} times, and is no job`);
  const incomplete = ledger.filter(({ endMs }) => endMs === undefined).length;
  return { occurrences, sets, results, losses, starts: ledger.length, startedAgain, incomplete, wrong };
}

type Say = (text: string) => void;

/** Every occurrence that was taken is in history once: as one run, or as passed. How many there are. */
function occurrencesOf(job: SoakedJob, when: SoakedJob['when'] & { kind: 'scheduled' }, say: Say): number {
  const { startMs, periodMs, limit = Number.POSITIVE_INFINITY, nextMs } = when;
  const taken = nextMs === undefined ? limit : Math.round((nextMs - startMs) / periodMs);
  const dues = new Map(Array.from({ length: taken }, (_, k) => [startMs + k * periodMs, 0]));
  const lines = job.history.filter(({ cause }) => cause === 'schedule');
  const numbers = new Map<number, number>();
  for (const { number, dueMs } of lines) if (number > 0) numbers.set(number, dueMs);
  for (const dueMs of numbers.values()) {
    const times = dues.get(dueMs);
    if (times === undefined) say(`a run for ${time(dueMs)}, which is no occurrence that was due`);
    else dues.set(dueMs, times + 1);
  }
  const own = new Set(numbers.values());
  for (const line of lines.filter(({ number }) => number === 0)) {
    // A line stands for occurrences in a row; one between them that has a run of its own is told as that.
    const covered = [...dues.keys()].filter((due) => due >= line.dueMs && due <= line.lastDueMs && !own.has(due));
    for (const due of covered) dues.set(due, (dues.get(due) ?? 0) + 1);
    if (covered.length !== line.count)
      say(
        `${line.count} ${line.result} from ${time(line.dueMs)} to ${time(line.lastDueMs)}, and there are ${covered.length}`,
      );
  }
  for (const [due, times] of dues) if (times !== 1) say(`the occurrence of ${time(due)} is told ${times} times`);
  return taken;
}

/** As many sets as its slowest parent succeeded are in history. */
function setsOf(job: SoakedJob, parents: readonly string[], jobs: ReadonlyMap<string, SoakedJob>, say: Say): number {
  const fired = parents.map((name) => {
    const parent = jobs.get(name);
    return (parent?.successCount ?? 0) + (parent?.isSoft ? parent.errorCount : 0);
  });
  const expected = Math.min(...fired);
  const lines = job.history.filter(({ cause }) => cause === 'parents');
  const runs = new Set(lines.filter(({ number }) => number > 0).map(({ number }) => number)).size;
  const passed = lines.filter(({ number }) => number === 0).reduce((sum, { count }) => sum + count, 0);
  if (runs + passed !== expected)
    say(`${runs} runs and ${passed} passed for ${expected} sets of its parents (${fired.join(', ')})`);
  return expected;
}

/** Each run has one end, and attempts before it that ended otherwise. */
function runsOf(job: SoakedJob, stoppedMs: number, say: Say): void {
  const runs = Map.groupBy(
    job.history.filter(({ number }) => number > 0),
    ({ number }) => number,
  );
  for (let number = 1; number <= runs.size; number += 1) if (!runs.has(number)) say(`nothing is told of run ${number}`);
  for (const [number, lines] of runs) {
    const what = `run ${number} of ${time(lines[0]?.dueMs ?? 0)} (${lines.map(({ result }) => result).join(', ')})`;
    const last = lines.at(-1);
    if (lines.slice(0, -1).some(({ result }) => result !== 'failure' && result !== 'lost'))
      say(`${what} goes on after its end`);
    const isRetried = last?.result === 'failure' || last?.result === 'lost';
    if (isRetried && last.attempt < job.retries && last.endedMs < stoppedMs) say(`${what} was not tried again`);
    if (lines.some(({ attempt }) => attempt > job.retries)) say(`${what} was tried too often`);
  }
}

function countersOf(job: SoakedJob, say: Say): void {
  const successes = job.history.filter(({ result }) => result === 'success').length;
  if (successes !== job.successCount) say(`counts ${job.successCount} successes, and tells ${successes}`);
  const ends = new Map(job.history.filter(({ number }) => number > 0).map((line) => [line.number, line.result]));
  const errors = [...ends.values()].filter((result) => result === 'failure' || result === 'lost').length;
  if (errors !== job.errorCount) say(`counts ${job.errorCount} errors, and tells ${errors}`);
}

/** What did not run did not for the reason that is told. */
function reasonsOf(job: SoakedJob, say: Say): void {
  for (const line of job.history) {
    const what = `${line.result} of ${time(line.lastDueMs)}, told at ${time(line.endedMs)}`;
    if (line.message === '' && line.result !== 'success') say(`${what}, without a reason`);
    switch (line.result) {
      case 'missed':
        if (job.epsilonMs === undefined) say(`${what}, and it has no epsilon`);
        else if (line.endedMs <= line.lastDueMs + job.epsilonMs) say(`${what}, and it was not too late`);
        break;
      case 'coalesced':
        // It stands for this one, even if it gets no run itself because a task is alive.
        if (
          !job.history.some(
            ({ number, lastDueMs, result }) =>
              lastDueMs > line.lastDueMs && (number > 0 || result === 'skipped-overlap'),
          )
        )
          say(`${what}, and none came later`);
        break;
      case 'skipped-overlap': {
        const isThere = ({ number, dueMs, endedMs }: SoakedLine): boolean =>
          number > 0 && number !== line.number && dueMs <= line.endedMs && endedMs >= line.dueMs;
        if (job.isConcurrent || !job.history.some(isThere)) say(`${what}, and no other run was there`);
        break;
      }
      default:
        break;
    }
  }
}

/** Whatever started is told, and what is told to have ended by itself did so. How many were started again. */
function startsOf(job: SoakedJob, ran: readonly LedgerRun[], say: Say): number {
  const keyOf = ({ dueMs, attempt }: { dueMs: number; attempt: number }): string => `${dueMs}, attempt ${attempt}`;
  const starts = Map.groupBy(ran, keyOf);
  const lines = Map.groupBy(
    job.history.filter((line) => line.number > 0),
    keyOf,
  );
  let again = 0;
  for (const [key, runs] of starts) {
    const told = lines.get(key) ?? [];
    const what = `the run of ${time(runs[0]?.dueMs ?? 0)} (${key})`;
    const losses = told.filter(isLoss).length;
    if (told.length === 0) say(`${what} started ${runs.length} times, and nothing is told of it`);
    else if (runs.length > losses + 1) say(`${what} started ${runs.length} times, with ${losses} losses on record`);
    else if (runs.length > losses && told.every(isPassed)) say(`${what} started, and is told as ${told[0]?.result}`);
    if (runs.length > 1) again += 1;
  }
  for (const [key, told] of lines) {
    for (const { result, message } of told) {
      if (result !== 'success' && result !== 'failure') continue;
      const isTrue = (starts.get(key) ?? []).some(
        ({ code }) => code !== undefined && (code === 0) === (result === 'success'),
      );
      if (!isTrue) say(`${key} is told as ${result} (${message}), and no run of it ended so`);
    }
  }
  return again;
}

/** Two at a time only where the first was taken for lost. */
function sideBySide(job: SoakedJob, ran: readonly LedgerRun[], say: Say): void {
  if (job.isConcurrent) return;
  const lost = new Set(job.history.filter(isLoss).map(({ dueMs, attempt }) => `${dueMs} ${attempt}`));
  const sorted = ran.toSorted((a, b) => a.startMs - b.startMs);
  for (const [index, run] of sorted.entries()) {
    const next = sorted[index + 1];
    if (lost.has(`${run.dueMs} ${run.attempt}`)) continue;
    if (run.endMs === undefined) say(`the run of ${time(run.dueMs)} never ended, and is not told as lost`);
    else if (next !== undefined && next.startMs < run.endMs)
      say(`the run of ${time(next.dueMs)} started beside that of ${time(run.dueMs)}, which still ran`);
  }
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
