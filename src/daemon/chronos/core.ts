// What the parts of Chronos know of each other: one interface a part, each kept by one class in its folder. As in Marathon, memory changes
// synchronously, what must be durable is written in the same turn, and whatever leaves the process waits for `Storage.flushed`.
import type { SchedulerCalls } from '../../client/scheduler/calls.ts';
import type { Log, World } from '../../world/world.ts';
import type { Storage } from '../serving/storage/storage.ts';
import type { Job, JobCounters, JobDefinition } from './model/job.ts';
import type { HistoryEntry, Run } from './model/run.ts';

/** Undoes a registration; harmless when repeated. */
export type Unsubscribe = () => void;

/** What storing, running and killing refuse; the message is one line for people. HTTP makes its status of the code. */
export type RefusalCode =
  | 'invalid'
  | 'unknown-job'
  | 'unknown-parent'
  | 'cycle'
  | 'already-queued'
  | 'has-children'
  | 'not-async'
  | 'unknown-task';

/** What the core has of the flags (chronos.md 16). */
export interface CoreOptions {
  /** Before the first retry, where a job says nothing else (`--failure_retry`). */
  readonly failureRetryMs: number;
  /** Final failures in a row after which a job is disabled; 0: never. */
  readonly disableAfterFailures: number;
  /** Runs that are kept of each job; four times as many failures are. */
  readonly jobHistoryLimit: number;
  /** How long a task on an unreachable agent counts as running. */
  readonly unreachableTimeoutMs: number;
  /** Missed occurrences of finite jobs without epsilon do not count (chronos.md 4.4.3). */
  readonly finiteCatchup: boolean;
}

// ------------------------------------------------------------------------------------------------------------ jobs/

/** All jobs, their graph, and the one way to change them (chronos.md 6, 7). */
export interface Jobs {
  get(name: string): Job | undefined;
  /** By name. */
  all(): Iterable<Job>;
  readonly count: number;
  /** Names of jobs that depend on this one, sorted. */
  children(name: string): readonly string[];
  /**
   * Stores a new job or replaces one (chronos.md 7.1–7.3): counters, history and, when schedule text and zone are unchanged, the place in
   * the series stay. `counters`: in place of those that there are. Throws Refusal (`unknown-parent`, `cycle` naming it, `invalid`) with
   * nothing changed.
   */
  put(
    definition: JobDefinition,
    how: { readonly isDisabled: boolean; readonly counters?: JobCounters | undefined },
  ): Job;
  /** What `put` would refuse; throws as it does. */
  check(definition: JobDefinition): void;
  /** chronos.md 7.6–7.8. `refuse`: `has-children` when there are any. Ends its runs. Throws Refusal (`unknown-job`). */
  remove(name: string, children: 'relink' | 'refuse'): void;
  setDisabled(name: string, isDisabled: boolean): Job;
  /** After every change of a job, once in its turn; `job` undefined: removed. */
  onChange(
    listener: (change: {
      readonly name: string;
      readonly job: Job | undefined;
      readonly before: Job | undefined;
    }) => void,
  ): Unsubscribe;
}

// ------------------------------------------------------------------------------------------------------------ runs/

/** Runs that are not over, and what became of the others (chronos.md 4, 5, 10). */
export interface Runs {
  /** Not over, of one job, oldest first. */
  of(job: string): readonly Run[];
  alive(): Iterable<Run>;
  byTaskId(taskId: string): Run | undefined;
  /** Newest first. */
  history(job: string): Promise<readonly HistoryEntry[]>;
  /** By hand (chronos.md 4.1.2, 4.4.8): also of a disabled job, never takes an occurrence. Throws Refusal (`already-queued`, `unknown-job`). */
  start(job: string, extraArguments: string): Run;
  /** Ends queued and delayed runs, kills tasks; how many (chronos.md 5.18). */
  kill(job: string): number;
  /** Ends what is queued and what waits for its next attempt, of all jobs; tasks go on. How many (chronos.md 8.16). */
  purge(): number;
  /** As if a run had succeeded: counters, children (chronos.md 8.9). False for an unknown job. */
  markSuccess(job: string): boolean;
  /** (async) The end that is told over REST (chronos.md 5.9). */
  report(taskId: string, statusCode: number): void;
  /** (data jobs) chronos.md 8.11. */
  progress(taskId: string, additionalElements: number): void;
  /** Durations in ms of the last successful runs that are kept, time in the queue included (chronos.md 5.4), for statistics; unordered. */
  durationsMs(job: string): readonly number[];
  onEnd(
    listener: (end: {
      readonly job: Job;
      readonly run: Run | undefined;
      readonly entry: HistoryEntry;
      readonly isFinal: boolean;
    }) => void,
  ): Unsubscribe;
}

// ----------------------------------------------------------------------------------------------------------- queue/

/** Runs that wait for offers, high priority first but not for ever (chronos.md 4.1.5, 4.5). */
export interface Queue {
  readonly lengths: { readonly high: number; readonly normal: number };
  /** In the order in which offers are tried. Stops early cheaply. */
  waiting(): Iterable<Run>;
  /** Jobs whose demand no agent that was ever offered could meet as a whole, with the reason in plain words (chronos.md 4.5.2). */
  unplaceable(): ReadonlyMap<string, string>;
  /** Why a queued run of this job waits; undefined when it does not (chronos.md 17.7). */
  why(job: string): string | undefined;
  onChange(listener: () => void): Unsubscribe;
}

// ------------------------------------------------------------------------------------------------------- launching/

/** The connection to Mesos (chronos.md 13.8–13.13, 14). */
export interface MesosLink {
  readonly frameworkId: string | undefined;
  readonly isSubscribed: boolean;
  /** Without a subscription each ends with `not-connected`. */
  readonly calls: SchedulerCalls;
}

// --------------------------------------------------------------------------------------------------------- notices/

/** Mail and hooks (chronos.md 12). Never throws, never waits. */
export interface Notices {
  tell(notice: {
    readonly occasion: 'failure' | 'recovered' | 'late' | 'disabled' | 'removed' | 'success';
    readonly job: Job;
    readonly message: string;
    readonly taskId: string | undefined;
    /** Address of the files of the run. */
    readonly sandbox: string | undefined;
  }): void;
}

// ------------------------------------------------------------------------------------------------------------- core

/** Everything a part may need; parts take what they use, so that tests bring little. */
export interface ChronosCore {
  readonly world: World;
  readonly log: Log;
  readonly options: CoreOptions;
  readonly storage: Storage;
  readonly jobs: Jobs;
  readonly runs: Runs;
  readonly queue: Queue;
  readonly mesos: MesosLink;
  readonly notices: Notices;
  /** Ends this term of leadership: it cannot go on. */
  fail(reason: string): void;
}
