// Reads a journal back into what the agent knew. A last line that was cut off by the crash is not there; any other line
// that cannot be read is fatal, or skipped without --strict (mesos-semantics.md 8.4).
import { fromJson } from '../../../mesos/codec.ts';
import { ExecutorInfo, type FrameworkInfo, TaskInfo, type TaskStatus } from '../../../mesos/generated/v1.ts';
import type { Log } from '../../../world/world.ts';
import type { ContainerCheckpoint } from '../containers/containerizer.ts';
import type { CheckMemory } from '../tasks/checks/judgement.ts';
import type { KillCause } from '../tasks/task-run.ts';
import { CheckpointError, checkVersion, type JournalEntry, type JournalHeader } from './entries.ts';

/** A task as the journal's entries leave it. */
export interface RecoveredTask {
  readonly frameworkId: string;
  readonly task: TaskInfo;
  readonly containerId: string;
  readonly executorContainerId?: string;
  readonly groupId?: string;
  readonly directory: string;
  readonly runtimeDirectory: string;
  readonly isCheckpointed: boolean;
  readonly user: string;
  /** Undefined when it is not known to have started. */
  container: ContainerCheckpoint | undefined;
  /** Everything reported, in order. */
  readonly statuses: TaskStatus[];
  /** How many of `statuses` have been acknowledged. */
  acknowledged: number;
  kill: { readonly cause: KillCause; readonly deadlineMs: number } | undefined;
  checks: CheckMemory | undefined;
}

/** An executor as the journal's entries leave it. */
export interface RecoveredExecutor {
  readonly frameworkId: string;
  readonly executor: ExecutorInfo;
  readonly containerId: string;
  readonly directory: string;
  readonly runtimeDirectory: string;
  readonly isCheckpointed: boolean;
  readonly user: string;
  /** Undefined when it is not known to have started. */
  container: ContainerCheckpoint | undefined;
  /** Set when it was being shut down. */
  deadlineMs: number | undefined;
}

/** What the journal knows, before anybody has looked at containers. */
export interface RecoveredState {
  readonly frameworks: Map<string, FrameworkInfo>;
  /** By container id, in order of arrival. */
  readonly executors: Map<string, RecoveredExecutor>;
  /** By run id, in order of arrival. */
  readonly tasks: Map<string, RecoveredTask>;
}

/** `isStrict` (--strict): what cannot be read is an error and not skipped. */
export interface ReplayOptions {
  readonly path: string;
  readonly isStrict: boolean;
  readonly log: Log;
}

/** Throws CheckpointError. */
export function replayJournal(text: string, options: ReplayOptions): RecoveredState {
  const state: RecoveredState = { frameworks: new Map(), executors: new Map(), tasks: new Map() };
  const lines = text.split('\n');
  // What follows the last line end was never finished, and so never acted on.
  const cut = lines.pop();
  if (cut !== undefined && cut !== '')
    options.log.warn('the last entry of the journal was cut off', { path: options.path });
  const header = lines.shift();
  if (header === undefined) return state;
  readHeader(header, options.path);
  lines.forEach((line, index) => {
    const isLast = index === lines.length - 1;
    take(state, line, index + 2, isLast, options);
  });
  return state;
}

function readHeader(line: string, path: string): void {
  let header: Partial<JournalHeader>;
  try {
    header = JSON.parse(line);
  } catch (cause) {
    throw new CheckpointError('corrupt', `${path} does not begin with the header of a journal`, { cause });
  }
  if (header.format !== 'mctl-agent-journal') {
    throw new CheckpointError('corrupt', `${path} is not the journal of an agent`);
  }
  checkVersion(path, header.version);
}

function take(state: RecoveredState, line: string, lineNumber: number, isLast: boolean, options: ReplayOptions): void {
  try {
    apply(state, JSON.parse(line));
  } catch (cause) {
    if (!isLast && options.isStrict) {
      throw new CheckpointError(
        'corrupt',
        `Line ${lineNumber} of ${options.path} cannot be read: restore the file, start with --no-strict to go on without this entry, or remove meta/slaves/latest to start as a new agent`,
        { cause },
      );
    }
    options.log.warn('an entry of the journal cannot be read and is left out', { path: options.path, lineNumber });
  }
}

function apply(state: RecoveredState, entry: JournalEntry): void {
  switch (entry.kind) {
    case 'framework':
      if (entry.info.id !== undefined) state.frameworks.set(entry.info.id.value, entry.info);
      return;
    case 'executor':
      if (!state.executors.has(entry.containerId)) state.executors.set(entry.containerId, recoveredExecutor(entry));
      return;
    case 'executor-shutdown': {
      const executor = state.executors.get(entry.containerId);
      if (executor !== undefined) executor.deadlineMs = entry.deadlineMs;
      return;
    }
    case 'task':
      if (!state.tasks.has(entry.containerId)) state.tasks.set(entry.containerId, recoveredTask(entry));
      return;
    case 'container': {
      const { containerId } = entry.checkpoint;
      const owner = state.tasks.get(containerId) ?? state.executors.get(containerId);
      if (owner !== undefined) owner.container = entry.checkpoint;
      return;
    }
    case 'update': {
      const task = state.tasks.get(entry.containerId);
      const isKnown = task?.statuses.some((status) => status.uuid === entry.status.uuid) ?? true;
      if (!isKnown) task?.statuses.push(entry.status);
      if (task !== undefined) task.checks = entry.checks ?? task.checks;
      return;
    }
    case 'acknowledged': {
      const task = state.tasks.get(entry.containerId);
      if (task?.statuses[task.acknowledged]?.uuid === entry.uuid) task.acknowledged += 1;
      return;
    }
    case 'kill': {
      const task = state.tasks.get(entry.containerId);
      if (task !== undefined) task.kill = { cause: entry.cause, deadlineMs: entry.deadlineMs };
      return;
    }
    case 'done':
      state.tasks.delete(entry.containerId);
      state.executors.delete(entry.containerId);
  }
}

function recoveredExecutor(entry: Extract<JournalEntry, { kind: 'executor' }>): RecoveredExecutor {
  const { kind: _, executor, ...facts } = entry;
  return { ...facts, executor: fromJson(ExecutorInfo, executor), container: undefined, deadlineMs: undefined };
}

function recoveredTask(entry: Extract<JournalEntry, { kind: 'task' }>): RecoveredTask {
  const { kind: _, statuses = [], checks, task, ...facts } = entry;
  return {
    ...facts,
    task: fromJson(TaskInfo, task),
    container: undefined,
    statuses: [...statuses],
    acknowledged: statuses.length,
    kill: undefined,
    checks,
  };
}
