// One run of a job: an occurrence, a success of its parents or somebody's wish, with its attempts. What is alive is a record of
// the store; what is over becomes a line of the job's history.

/** Which run it is. The due time is the planned one and stays that of all attempts (chronos.md 4.4.4). */
export interface RunKey {
  readonly job: string;
  readonly generation: number;
  readonly dueMs: number;
  /** Two runs of one job may be due at the same ms: by calendar and by hand. Counts within the job, for ever. */
  readonly number: number;
}

export type RunCause = 'schedule' | 'parents' | 'manual';

/**
 * - `queued`: waits for an offer.
 * - `launching`: written ahead; whether Mesos heard of it is not known until an update or a reconciliation tells.
 * - `staged`, `running`: Mesos has it.
 * - `unreachable`: its agent cannot be reached; bounded by `--unreachable_timeout`.
 * - `delayed`: failed, the next attempt comes at `notBeforeMs`.
 * - `reported`: (async) its process ended, and its end is still to be told over REST.
 */
export type RunState = 'queued' | 'launching' | 'staged' | 'running' | 'unreachable' | 'delayed' | 'reported';

/** A run that is not over. */
export interface Run {
  readonly key: RunKey;
  readonly cause: RunCause;
  readonly state: RunState;
  /** From 0. */
  readonly attempt: number;
  /** Of this attempt, `ct:<due ms>:<attempt>:<job>:<arguments>` (chronos.md 9.1); undefined until it is placed. */
  readonly taskId: string | undefined;
  readonly agentId: string | undefined;
  readonly agentHost: string | undefined;
  /** Given by hand, appended to the command. */
  readonly extraArguments: string;
  readonly isHighPriority: boolean;
  /** Since when it is in its state. */
  readonly sinceMs: number;
  readonly queuedMs: number;
  readonly launchedMs: number | undefined;
  readonly startedMs: number | undefined;
  readonly notBeforeMs: number | undefined;
  /** Somebody asked to kill it; its end is `killed` and not a failure. */
  readonly isKilled: boolean;
  /** Address that lists its files on its agent: `http://agent:5051/files/browse?path=…`; undefined where nobody knows. */
  readonly sandbox: string | undefined;
  /** (async) What was reported over REST while its process still ran (chronos.md 5.9). */
  readonly reportedCode: number | undefined;
  /** (data jobs) chronos.md 8.11. */
  readonly elementsProcessed: number | undefined;
  /** How often a launch of this attempt came to nothing, so that it was queued again. */
  readonly relaunches: number;
}

/**
 * How a run, or an occurrence that got none, ended.
 * - `missed`: later than its epsilon. `coalesced`: a later occurrence stands for it, whatever becomes of that one.
 *   `skipped-overlap`: a task of the job was alive.
 * - `lost`: Mesos does not know it any more.
 */
export type RunResult =
  | 'success'
  | 'failure'
  | 'lost'
  | 'killed'
  | 'missed'
  | 'coalesced'
  | 'skipped-overlap'
  | 'discarded';

/** One line of history. `count` > 1: so many occurrences in a row with the same end, `dueMs` the first of them. */
export interface HistoryEntry {
  /** Of the run, the same for all its attempts; 0: an occurrence that got no run. */
  readonly number: number;
  readonly taskId: string | undefined;
  readonly cause: RunCause;
  readonly dueMs: number;
  readonly lastDueMs: number;
  readonly count: number;
  readonly attempt: number;
  /** When this attempt came into the queue; absent for occurrences that got no run. */
  readonly queuedMs?: number;
  readonly startedMs: number | undefined;
  readonly endedMs: number;
  readonly result: RunResult;
  readonly agentId: string | undefined;
  readonly agentHost: string | undefined;
  readonly sandbox: string | undefined;
  /** Mesos' message and reason, or ours; one line, bounded. */
  readonly message: string;
  readonly elementsProcessed: number | undefined;
}
