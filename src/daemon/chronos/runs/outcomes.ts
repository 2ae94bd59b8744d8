// Telling what became of runs and occurrences: the line of history, those who listen, and the notices (chronos.md 10.1, 12).
import type { World } from '../../../world/world.ts';
import type { ChronosCore, Runs, Unsubscribe } from '../core.ts';
import type { Job, NoticeOccasion } from '../model/job.ts';
import type { HistoryEntry, Run, RunCause, RunResult } from '../model/run.ts';
import { HistoryBook } from './history-book.ts';

/** What it takes. */
export type OutcomesCore = Pick<ChronosCore, 'log' | 'storage' | 'options' | 'notices'> & {
  readonly world: Pick<World, 'clock'>;
};

type End = Parameters<Parameters<Runs['onEnd']>[0]>[0];

/** Occurrences in a row that got no run. */
export interface PassedBy {
  readonly cause: RunCause;
  readonly result: Extract<RunResult, 'missed' | 'coalesced' | 'skipped-overlap' | 'discarded' | 'killed'>;
  readonly dueMs: number;
  readonly lastDueMs: number;
  readonly count: number;
  readonly message: string;
  /** Of a run that was refused; none has 0. */
  readonly number?: number;
}

/** Whoever changes a run or a counter writes it before it tells of it here. */
export class Outcomes {
  readonly history: HistoryBook;
  readonly #core: OutcomesCore;
  readonly #readers = new Set<(end: End) => void>();
  #isStopped = false;

  constructor(core: OutcomesCore) {
    this.#core = core;
    this.history = new HistoryBook(core.storage, core.options.jobHistoryLimit);
  }

  stop(): void {
    this.#isStopped = true;
  }

  onEnd(listener: (end: End) => void): Unsubscribe {
    this.#readers.add(listener);
    return () => this.#readers.delete(listener);
  }

  /** An attempt is over; `job` as it is now. */
  ended(job: Job, run: Run, result: RunResult, message: string, isFinal: boolean): void {
    const { key, taskId, cause, attempt, agentId, agentHost, sandbox, elementsProcessed } = run;
    this.#add(job, run, isFinal, {
      number: key.number,
      taskId,
      cause,
      dueMs: key.dueMs,
      lastDueMs: key.dueMs,
      count: 1,
      attempt,
      queuedMs: run.queuedMs,
      startedMs: run.startedMs,
      endedMs: this.nowMs(),
      result,
      agentId,
      agentHost,
      sandbox,
      message,
      elementsProcessed,
    });
  }

  passed(job: Job, { number = 0, ...passed }: PassedBy): void {
    const none = { taskId: undefined, startedMs: undefined, agentId: undefined, agentHost: undefined };
    const entry = { number, attempt: 0, endedMs: this.nowMs(), sandbox: undefined, elementsProcessed: undefined };
    this.#add(job, undefined, true, { ...none, ...entry, ...passed });
    if (passed.result !== 'missed' && passed.result !== 'coalesced') return;
    this.notify('late', job, `${passed.count} of its runs: ${passed.message}`, undefined);
  }

  /** Once everything that was written by now is durable. */
  notify(occasion: NoticeOccasion, job: Job, message: string, run: Pick<Run, 'taskId' | 'sandbox'> | undefined): void {
    const { taskId, sandbox } = run ?? {};
    void this.#core.storage.flushed().then(() => {
      if (!this.#isStopped) this.#core.notices.tell({ occasion, job, message, taskId, sandbox });
    });
  }

  nowMs(): number {
    return Math.floor(this.#core.world.clock.nowMs());
  }

  #add(job: Job, run: Run | undefined, isFinal: boolean, entry: HistoryEntry): void {
    this.history.add(job.definition.name, entry);
    for (const reader of this.#readers) {
      try {
        reader({ job, run, entry, isFinal });
      } catch (error) {
        this.#core.log.error('what follows from the end of a run failed', { job: job.definition.name, error });
      }
    }
  }
}
