// How containers are kept apart and held together: the part of the containerizer that differs between cgroups and plain
// processes.
import type { ResourceStatistics } from '../../../../mesos/generated/v1.ts';
import type { ProcessIdentity, ProcessSignal } from '../../../../world/processes.ts';
import type { IsolationKind } from '../containerizer.ts';
import type { ContainerLimits } from './limits.ts';

/** `create` comes first and `remove` last; what is between may be called at any time, also by a later agent. */
export interface Isolator {
  readonly kind: IsolationKind;
  /** What is not enforced, and why; undefined when everything is. */
  readonly warning: string | undefined;
  /**
   * Prepares the container's cgroups with its limits; answers the directories its first process must enter. Without
   * limits it has only those of the container it is nested in.
   */
  create(containerId: string, limits: ContainerLimits | undefined): Promise<readonly string[]>;
  /** Changes the limits of a container; its memory limit is never lowered. */
  update(containerId: string, limits: ContainerLimits): Promise<void>;
  /** The directories that `create` answered, for a process that joins the container later. */
  cgroupsOf(containerId: string): readonly string[];
  /** Its processes, without those of containers nested in it; empty where that cannot be told. */
  pids(containerId: string): Promise<readonly number[]>;
  /** Sends to every process of the container; false when there is none. */
  signal(container: IsolatedContainer, signal: ProcessSignal): Promise<boolean>;
  /** SIGKILLs until no process is left. Throws IsolationError `unkillable` when that takes too long. */
  kill(container: IsolatedContainer): Promise<void>;
  /** Set when the kernel has killed in the container because it was over its memory limit. */
  memoryOverrun(containerId: string): Promise<MemoryOverrun | undefined>;
  /** Undefined when nothing of it is left. */
  statistics(container: IsolatedContainer): Promise<ContainerStatistics | undefined>;
  /** Removes what `create` made; no process may be left. Harmless when it is not there. */
  remove(containerId: string): Promise<void>;
  /** Gives back what was made for all containers, as far as none is left. */
  close(): Promise<void>;
}

/** What an isolator must know to find the container again. */
export interface IsolatedContainer {
  readonly containerId: string;
  /** The first process; undefined when it is not known (its launch was interrupted). */
  readonly process: ProcessIdentity | undefined;
}

/** Figures in bytes. */
export interface MemoryOverrun {
  readonly limitBytes: number;
  readonly peakBytes: number;
  /** The kernel's own account, for the message. */
  readonly details: string;
}

/** Everything but what follows from the requests. */
export type ContainerStatistics = Omit<ResourceStatistics, 'timestamp'>;

/** `unavailable`: this machine cannot do what was asked for. `unkillable`: processes do not end in the given time. */
export type IsolationErrorCode = 'unavailable' | 'unkillable';

/** `unkillable` may be tried again; `unavailable` may not. */
export class IsolationError extends Error {
  override readonly name = 'IsolationError';
  readonly code: IsolationErrorCode;
  constructor(code: IsolationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
