// Runs of a job, those under way and those that are over: the original's rows (chronos.md 10.4), and ours with everything that is
// known (chronos.md 8.28, 10.9).
import type { HistoryEntry, Run } from '../model/run.ts';
import { isLaunched } from './state.ts';
import { instantText, lengthText, shortTime } from './times.ts';

/** What a row needs beside the run. */
export interface RowJob {
  readonly name: string;
  readonly dataProcessingJobType: boolean;
}

/** The last `most` attempts that Mesos heard of, newest first. */
export function statRows(
  job: RowJob,
  alive: readonly Run[],
  history: readonly HistoryEntry[],
  most: number,
): readonly object[] {
  const running = alive.filter(isLaunched).toReversed();
  const over = history.filter(({ taskId }) => taskId !== undefined);
  return [...running.map((run) => runningRow(job, run)), ...over.map((entry) => endedRow(job, entry))].slice(0, most);
}

function runningRow({ name, dataProcessingJobType }: RowJob, run: Run): object {
  return {
    taskId: run.taskId ?? '',
    jobName: name,
    slaveId: run.agentId ?? '',
    startTime: shortTime(run.startedMs),
    endTime: 'N/A',
    duration: 'N/A',
    status: run.startedMs === undefined ? 'Idle' : 'Running',
    ...(dataProcessingJobType && { numElementsProcessed: run.elementsProcessed ?? 0 }),
  };
}

function endedRow({ name, dataProcessingJobType }: RowJob, entry: HistoryEntry): object {
  const { startedMs, endedMs } = entry;
  return {
    taskId: entry.taskId ?? '',
    jobName: name,
    slaveId: entry.agentId ?? '',
    startTime: shortTime(startedMs),
    endTime: shortTime(endedMs),
    duration: startedMs === undefined ? 'N/A' : lengthText(endedMs - startedMs),
    status: entry.result === 'success' ? 'Success' : 'Fail',
    ...(dataProcessingJobType && { numElementsProcessed: entry.elementsProcessed ?? 0 }),
  };
}

/** A run that is not over. `sandbox` is the address of its files on its agent. */
export function aliveJson(run: Run): object {
  const { key } = run;
  return {
    number: key.number,
    taskId: run.taskId ?? null,
    cause: run.cause,
    due: instantText(key.dueMs),
    attempt: run.attempt,
    state: run.state,
    since: instantText(run.sinceMs),
    queued: instantText(run.queuedMs),
    start: whenKnown(run.startedMs),
    end: null,
    retryAt: whenKnown(run.notBeforeMs),
    arguments: run.extraArguments,
    agentId: run.agentId ?? null,
    agentHost: run.agentHost ?? null,
    sandbox: run.sandbox ?? null,
    message: aliveText(run),
  };
}

/** A line of the history; `state` is how it ended. */
export function endedJson(entry: HistoryEntry): object {
  return {
    number: entry.number,
    taskId: entry.taskId ?? null,
    cause: entry.cause,
    due: instantText(entry.dueMs),
    ...(entry.count > 1 && { count: entry.count, lastDue: instantText(entry.lastDueMs) }),
    attempt: entry.attempt,
    state: entry.result,
    start: whenKnown(entry.startedMs),
    end: instantText(entry.endedMs),
    agentId: entry.agentId ?? null,
    agentHost: entry.agentHost ?? null,
    sandbox: entry.sandbox ?? null,
    message: entry.message,
    ...(entry.elementsProcessed !== undefined && { elementsProcessed: entry.elementsProcessed }),
  };
}

function aliveText({ state, notBeforeMs }: Run): string {
  if (state !== 'delayed') return '';
  return notBeforeMs === undefined
    ? 'the next attempt comes when no other run is in its way'
    : `the next attempt comes at ${instantText(notBeforeMs)}`;
}

function whenKnown(ms: number | undefined): string | null {
  return ms === undefined ? null : instantText(ms);
}
