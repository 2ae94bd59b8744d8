// What became of runs and of occurrences that got none (chronos.md 10.1): lines of a job's history, `history/<escaped name>/<line>`. A line
// is written once and read when somebody asks; what is kept in memory is which lines there are and the durations for statistics.

import type { Storage } from '../../serving/storage/storage.ts';
import { readRecord, safeName, writeRecord } from '../model/record.ts';
import type { HistoryEntry, RunResult } from '../model/run.ts';

/** Where histories are in the store. */
export const HISTORY = 'history/';

/** Failures are kept so many times longer than other runs. */
const FAILURES_FACTOR = 4;
/** Durations that statistics are made of. */
const MAX_DURATIONS = 100;

/** Each kind has its own room, so that a thousand skipped occurrences do not push out the last failure. */
type Kind = 'run' | 'failure' | 'passed';

interface Page {
  nextLine: number;
  /** Lines there are, oldest first. */
  readonly lines: Readonly<Record<Kind, number[]>>;
  last: { readonly line: number; readonly entry: HistoryEntry } | undefined;
  readonly durationsMs: number[];
}

/** Empty until `load`. */
export class HistoryBook {
  readonly #storage: Storage;
  readonly #limits: Readonly<Record<Kind, number>>;
  readonly #pages = new Map<string, Page>();

  /** `limit`: lines of runs that are kept of each job, 1 at least. */
  constructor(storage: Storage, limit: number) {
    this.#storage = storage;
    const most = Math.max(1, limit);
    this.#limits = { run: most, failure: most * FAILURES_FACTOR, passed: most };
  }

  /** Throws RecordError. */
  async load(): Promise<void> {
    for (const [key, text] of await this.#storage.read(HISTORY)) {
      const { job, entry } = readRecord<{ job: string; entry: HistoryEntry }>(key, text, 'entry');
      const line = Number(key.slice(key.lastIndexOf('/') + 1));
      this.#keep(this.#page(job), line, entry);
    }
  }

  /** Newest first. */
  async of(job: string): Promise<readonly HistoryEntry[]> {
    await this.#storage.flushed();
    const prefix = `${HISTORY}${safeName(job)}/`;
    const records = await this.#storage.read(prefix);
    return [...records].reverse().map(([key, text]) => readRecord<{ entry: HistoryEntry }>(key, text, 'entry').entry);
  }

  /** Of the last successful runs, from when they were due to run: waiting for an offer is a part of it (chronos.md 5.4). */
  durationsMs(job: string): readonly number[] {
    return this.#pages.get(job)?.durationsMs ?? [];
  }

  /** Occurrences that had the same end one after the other become one line. */
  add(job: string, entry: HistoryEntry): void {
    const page = this.#page(job);
    const { last } = page;
    if (last !== undefined && isMore(last.entry, entry)) {
      const { count, lastDueMs, endedMs, message } = entry;
      const both = { ...last.entry, count: last.entry.count + count, lastDueMs, endedMs, message };
      page.last = { line: last.line, entry: both };
      this.#write(job, last.line, both);
      return;
    }
    const line = page.nextLine;
    this.#keep(page, line, entry);
    this.#write(job, line, entry);
    const kind = kindOf(entry.result);
    const lines = page.lines[kind];
    while (lines.length > this.#limits[kind]) {
      const oldest = lines.shift();
      if (oldest !== undefined) void this.#storage.remove(keyOf(job, oldest));
    }
  }

  /** With the job. */
  remove(job: string): void {
    const page = this.#pages.get(job);
    if (page === undefined) return;
    for (const lines of Object.values(page.lines)) {
      for (const line of lines) void this.#storage.remove(keyOf(job, line));
    }
    this.#pages.delete(job);
  }

  #write(job: string, line: number, entry: HistoryEntry): void {
    void this.#storage.put(keyOf(job, line), writeRecord({ job, entry }));
  }

  #keep(page: Page, line: number, entry: HistoryEntry): void {
    page.lines[kindOf(entry.result)].push(line);
    if (line >= page.nextLine) page.last = { line, entry };
    page.nextLine = Math.max(page.nextLine, line + 1);
    const fromMs = entry.queuedMs ?? entry.startedMs;
    if (entry.result !== 'success' || fromMs === undefined) return;
    page.durationsMs.push(Math.max(0, entry.endedMs - fromMs));
    if (page.durationsMs.length > MAX_DURATIONS) page.durationsMs.shift();
  }

  #page(job: string): Page {
    let page = this.#pages.get(job);
    if (page === undefined) {
      page = { nextLine: 0, lines: { run: [], failure: [], passed: [] }, last: undefined, durationsMs: [] };
      this.#pages.set(job, page);
    }
    return page;
  }
}

/** Lines sort as texts. */
const keyOf = (job: string, line: number): string => `${HISTORY}${safeName(job)}/${String(line).padStart(12, '0')}`;

function kindOf(result: RunResult): Kind {
  switch (result) {
    case 'success':
    case 'killed':
      return 'run';
    case 'failure':
    case 'lost':
      return 'failure';
    case 'missed':
    case 'coalesced':
    case 'skipped-overlap':
    case 'discarded':
      return 'passed';
  }
}

function isMore(last: HistoryEntry, entry: HistoryEntry): boolean {
  const isPassed = kindOf(entry.result) === 'passed' && last.number === 0 && entry.number === 0;
  return isPassed && last.result === entry.result && last.cause === entry.cause;
}
