// What is written into the journal: one JSON object a line. Everything the agent must still know after it was killed is
// in here; an entry that repeats what is known already changes nothing, so a line may be read twice.
import type { JsonValue } from '../../../mesos/codec.ts';
import type { FrameworkInfo, TaskStatus } from '../../../mesos/generated/v1.ts';
import type { ContainerCheckpoint } from '../containers/containerizer.ts';
import type { CheckMemory } from '../tasks/checks/judgement.ts';
import type { KillCause } from '../tasks/task-run.ts';

/** Of the journal and of the agent record. Newer code reads older, older code refuses newer. */
export const CHECKPOINT_VERSION = 2;

/** First line of the file. A newer version is refused. */
export interface JournalHeader {
  readonly format: 'mctl-agent-journal';
  readonly version: number;
}

/** One line of the file. Reading a line twice changes nothing. */
export type JournalEntry =
  | { readonly kind: 'framework'; readonly info: FrameworkInfo }
  /** A custom or default executor is about to be launched. Its framework came before it, its tasks come after it. */
  | {
      readonly kind: 'executor';
      readonly frameworkId: string;
      /** ExecutorInfo as the codec writes it. */
      readonly executor: JsonValue;
      readonly containerId: string;
      readonly directory: string;
      readonly runtimeDirectory: string;
      readonly isCheckpointed: boolean;
      readonly user: string;
    }
  /** An executor is being shut down, and is destroyed at `deadlineMs` (wall time). */
  | { readonly kind: 'executor-shutdown'; readonly containerId: string; readonly deadlineMs: number }
  /** A task has arrived. Its framework came before it. */
  | {
      readonly kind: 'task';
      readonly frameworkId: string;
      /** TaskInfo as the codec writes it: its limits may be infinite, which plain JSON cannot say. */
      readonly task: JsonValue;
      /** `runId` of the run, as in all entries about it. */
      readonly containerId: string;
      /** Container of its executor; absent for command tasks. */
      readonly executorContainerId?: string;
      readonly groupId?: string;
      readonly directory: string;
      readonly runtimeDirectory: string;
      readonly isCheckpointed: boolean;
      readonly user: string;
      /** In a compacted journal: what has been acknowledged already. */
      readonly statuses?: readonly TaskStatus[];
      /** In a compacted journal: what its checks have found. */
      readonly checks?: CheckMemory;
    }
  /** Its command runs; of an executor, its container does. */
  | { readonly kind: 'container'; readonly checkpoint: ContainerCheckpoint }
  | {
      readonly kind: 'update';
      readonly frameworkId: string;
      readonly containerId: string;
      readonly status: TaskStatus;
      /** What the checks of the task had found by then; absent when it has none. */
      readonly checks?: CheckMemory;
    }
  | { readonly kind: 'acknowledged'; readonly containerId: string; readonly uuid: string }
  /** SIGTERM is sent, SIGKILL follows at `deadlineMs` (wall time). */
  | { readonly kind: 'kill'; readonly containerId: string; readonly cause: KillCause; readonly deadlineMs: number }
  /** Ended and acknowledged, or of no interest any more. The same for executors. */
  | { readonly kind: 'done'; readonly containerId: string };

/**
 * The checkpoint cannot be used.
 * - `newer-format`: written by a newer version; start that one, or a new work directory.
 * - `corrupt`: a line that is not the last cannot be read; --no-strict skips it.
 */
export type CheckpointErrorCode = 'newer-format' | 'corrupt';

/** What was checkpointed cannot be taken over. The agent does not start rather than forget tasks that may run. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code: CheckpointErrorCode;
  constructor(code: CheckpointErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throws CheckpointError `newer-format` when `version` is beyond what this code reads. */
export function checkVersion(path: string, version: unknown): void {
  if (typeof version !== 'number' || !Number.isInteger(version)) {
    throw new CheckpointError('corrupt', `${path} does not say which version of the format it has`);
  }
  if (version > CHECKPOINT_VERSION) {
    throw new CheckpointError(
      'newer-format',
      `${path} has version ${version} of its format and this mctl reads up to ${CHECKPOINT_VERSION}: start the newer mctl that wrote it, or use another --work_dir`,
    );
  }
}
