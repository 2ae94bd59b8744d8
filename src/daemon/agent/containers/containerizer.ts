// The agent's hands: from "run this in that sandbox with those limits" to a process tree and its true end. The task
// state machine (src/daemon/agent/tasks) knows nothing of cgroups, runners or fetching; it talks to this interface.
import type {
  Attribute,
  CommandInfo_URI,
  ContainerInfo,
  NetworkInfo,
  Resource,
  ResourceStatistics,
} from '../../../mesos/generated/v1.ts';
import type { ProcessIdentity, ProcessSignal } from '../../../world/processes.ts';
import type { ContainerStreams, StreamsWish } from './io/streams.ts';

/** `posix` enforces nothing. */
export type IsolationKind = 'cgroups-v2' | 'cgroups-v1' | 'posix';

/** Who launches a container hears of its end exactly once, by `onExit`, whatever ended it. */
export interface Containerizer {
  /** What was detected (or asked for); `posix` means that nothing is enforced, see `warning`. */
  readonly isolation: IsolationKind;
  /** Why limits are not enforced on this machine, or undefined. */
  readonly warning: string | undefined;
  /**
   * Creates the container: sandbox owner and mode, fetching, cgroups, process. Resolves when the command runs.
   * Throws ContainerError; then nothing of the container is left but its sandbox.
   */
  launch(config: ContainerConfig): Promise<LaunchedContainer>;
  /**
   * Takes back containers that an earlier agent process launched, by what was checkpointed. Those that ended meanwhile
   * report their true exit through `onExit`. Containers found on the machine that are not in the list are destroyed.
   */
  recover(known: readonly ContainerCheckpoint[]): Promise<void>;
  /**
   * Changes what a running container may use; its memory limit is only ever raised. Harmless when the container is gone.
   */
  update(containerId: string, wanted: Pick<ContainerConfig, 'resources' | 'limits'>): Promise<void>;
  /** Called once for every launched or recovered container, after its last process is gone. */
  onExit(fn: (exit: ContainerExit) => void): void;
  /** SIGTERM and the like to the whole tree. False when the container is gone. */
  signal(containerId: string, signal: Exclude<ProcessSignal, 'SIGKILL'>): Promise<boolean>;
  /**
   * Runs a command beside the container's own, in its sandbox, as its user and within its limits; what it writes goes to
   * the sandbox's stderr. Answers how that ended. One of a name at a time; none outlives the container.
   */
  probe(containerId: string, probe: ContainerProbe): Promise<ProbeEnd>;
  /** Kills the whole tree with SIGKILL, leaving no process; the end comes through `onExit`. Harmless when it is gone. */
  destroy(containerId: string): Promise<void>;
  /** Current usage and limits (mesos-api.md 12.10); undefined when the container is not known. */
  usage(containerId: string): Promise<ResourceStatistics | undefined>;
  /** Those whose end has not been told, outer ones before those nested in them. */
  list(): readonly ContainerView[];
  /** One of `list`. */
  find(containerId: string): ContainerView | undefined;
  /** Bytes in the fetcher's cache, for the metrics; absent when there is none. */
  readonly fetcherCacheUsedBytes?: number;
  /** Removes every image that no container has, but those of these names. Throws DiskError. */
  pruneImages(excluded: readonly string[]): Promise<void>;
  /** Cgroups and watches given back; running containers keep running. */
  close(): Promise<void>;
}

/** A container as others may know it. */
export interface ContainerView {
  readonly containerId: string;
  readonly phase: 'launching' | 'running' | 'ending';
  /** Name of the user it runs as; undefined = the agent's own. */
  readonly user: string | undefined;
  readonly sandbox: string;
  /** Undefined while it is launching, and when it has none of its own. */
  readonly process: ProcessIdentity | undefined;
  /** Undefined when nobody can talk with it. */
  readonly streams: ContainerStreams | undefined;
  /** Path of the network namespace that it is in; undefined = the agent's. */
  readonly networkNamespace?: string | undefined;
}

/** What to run, where, and within which limits. */
export interface ContainerConfig {
  /**
   * A key (container-id.ts): `a.b` is nested in `a`, which must be running. A nested container ends before the one it is
   * in does; its processes count for the limits of that one too.
   */
  readonly containerId: string;
  /** Absolute; exists already. */
  readonly sandbox: string;
  /** Directory for the exit file and other run-time facts; survives an agent restart. */
  readonly runtimeDirectory: string;
  /** Name of the user the command runs as; undefined = the agent's own. */
  readonly user: string | undefined;
  /**
   * Undefined = the container has no process of its own and lives until it is destroyed: that of a task group, whose tasks
   * are nested in it.
   */
  readonly command: ContainerCommand | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly uris: readonly CommandInfo_URI[];
  /** Requests of the task. */
  readonly resources: readonly Resource[];
  /** Hard limits where they differ from the requests: Infinity = none. */
  readonly limits: { readonly cpus?: number; readonly memMb?: number };
  /** Of a nested container: it has no limits of its own (`share_cgroups`), `resources` and `limits` are not enforced. */
  readonly sharesLimits?: boolean;
  /** What was asked for beside a plain process: image, volumes, networks, linux_info, rlimits, terminal. */
  readonly info?: ContainerInfo;
  /** Their data outlives the container. */
  readonly persistentVolumes?: readonly PersistentVolume[];
  /** Streams that somebody talks with; without, a terminal if `info` asks for one, else stdin is empty and output logged. */
  readonly streams?: StreamsWish;
  /**
   * Of a nested container: its command is one more in the container it is nested in, with that one's namespaces, user and
   * environment; `environment` comes on top.
   */
  readonly isDebug?: boolean;
}

/** A directory of this machine that a container sees at a path of its own. */
export interface PersistentVolume {
  /** Absolute; is there. */
  readonly source: string;
  /** Relative = in the sandbox. */
  readonly containerPath: string;
  readonly isReadOnly: boolean;
  /** Others may be using it at the same time. */
  readonly isShared: boolean;
}

/** A shell line (`value`), or a program and its argv (`arguments`, the first is its own name). */
export interface ContainerCommand {
  readonly shell: boolean;
  readonly value: string;
  readonly arguments: readonly string[];
}

/** A short command that looks at a running container. */
export interface ContainerProbe {
  /** What it is for; part of a file name. */
  readonly name: 'health' | 'check';
  readonly command: ContainerCommand;
  readonly environment: Readonly<Record<string, string>>;
  /** It is killed with its whole tree after this. Infinity = never. */
  readonly timeoutMs: number;
}

/** `not-run`: nothing can be said. `why` is what went wrong; undefined = nothing did, the container was at its end. */
export type ProbeEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-run'; readonly why: string | undefined };

/** A command that runs. */
export interface LaunchedContainer {
  readonly containerId: string;
  /** Undefined when it has none of its own. */
  readonly process: ProcessIdentity | undefined;
  /** Of a container that is not in the agent's network. */
  readonly networkInfos?: readonly NetworkInfo[];
}

/** What `recover` needs; the agent checkpoints it before it reports the task as running. */
export interface ContainerCheckpoint {
  readonly containerId: string;
  /** Absent when it has none of its own. */
  readonly process?: ProcessIdentity | undefined;
  readonly sandbox: string;
  readonly runtimeDirectory: string;
  readonly bootId: string;
  readonly resources: readonly Resource[];
  /** As in ContainerConfig. */
  readonly sharesLimits?: boolean | undefined;
  /** As in LaunchedContainer. */
  readonly networkInfos?: readonly NetworkInfo[] | undefined;
}

/** The end of a container: none of its processes is left. */
export interface ContainerExit {
  readonly containerId: string;
  /** How the command ended; `unknown` when every trace was destroyed with it (SIGKILL of the runner, reboot). */
  readonly status:
    | { readonly kind: 'exited'; readonly code: number }
    | { readonly kind: 'signaled'; readonly signal: number }
    | { readonly kind: 'unknown' };
  /** Set when it was killed because it used more than its limit. */
  readonly limitation?: {
    readonly kind: 'memory' | 'disk' | 'ports';
    readonly message: string;
    /** As in TaskStatus.limitation. */
    readonly resources: readonly Resource[];
  };
}

/** `fetch`: REASON_CONTAINER_LAUNCH_FAILED with the text; `user`: no such user; `launch`: anything else. */
export type ContainerErrorCode = 'fetch' | 'user' | 'launch';

/** A container that could not be launched; the message goes into the task's status. */
export class ContainerError extends Error {
  override readonly name = 'ContainerError';
  readonly code: ContainerErrorCode;
  constructor(code: ContainerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What `--resources` and `--attributes` come to, after detection of what was not given (mesos-api.md 13). */
export interface AgentCapacity {
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
}
