// What a task's process is shut in with, beyond cgroups and user: namespaces, a root filesystem of its own, mounts,
// limits and privileges. All of it lives in the process's own namespaces and is gone with its last process.

/** Set up as root, before the task gets its user. What cannot be set up fails the launch. */
export interface Confinement {
  /** An existing directory of the container's own, for what setting up needs. */
  readonly directory: string;
  /** Gets `PID STARTTIME` of the process whose namespaces a later process can join, before the task begins. */
  readonly insideFile: string;
  /** The task does not see other processes; the first process in there is not the task, so that signals work as always. */
  readonly ownPids: boolean;
  readonly ownIpc: boolean;
  /** Namespaces of somebody else to be in. What is named here is not own. */
  readonly shares?: SharedNamespaces | undefined;
  /** Bytes of /dev/shm; with `ownIpc` or a root of its own. Absent = the kernel's default. */
  readonly sharedMemoryBytes?: number | undefined;
  /** With a root of its own: /dev/shm is the one outside, ours or that of `shares`. */
  readonly keepsSharedMemory?: boolean;
  /** Path of a network namespace to be in. Absent = ours. */
  readonly networkNamespace?: string | undefined;
  /** Host name in a UTS namespace of its own. */
  readonly hostname?: string | undefined;
  /** A root filesystem of its own instead of ours. */
  readonly root?: ConfinedRoot | undefined;
  /** In this order. */
  readonly mounts: readonly ConfinedMount[];
  /** As the task sees it; absent = the `cwd` of the task, which must not be given with a `root` then. */
  readonly workingDirectory?: string | undefined;
  readonly limits: readonly ProcessLimit[];
  /** Names without `CAP_`, lower case. `bounding`: none but these can ever be had; `effective`: exactly these are had. */
  readonly capabilities?: {
    readonly bounding?: readonly string[] | undefined;
    readonly effective?: readonly string[] | undefined;
  };
  /** Neither setuid programs nor file capabilities give more than the task has. */
  readonly noNewPrivileges: boolean;
}

/** Those of a process without a root of its own, who lives at least as long. */
export interface SharedNamespaces {
  readonly pid: number;
  /** Its process tree is seen, and its first process looks after orphans. */
  readonly pids: boolean;
  /** With its /dev/shm, and what else it has mounted. */
  readonly ipc: boolean;
}

/** Directories of the machine. `image` is never written to. */
export interface ConfinedRoot {
  readonly image: string;
  /** What the container writes, and what overlayfs needs beside it; both empty, on one file system. */
  readonly upper: string;
  readonly work: string;
  readonly isReadOnly?: boolean;
}

/** A directory or file of the machine at a place of the container's; one to write to with what is mounted below it. */
export interface ConfinedMount {
  readonly source: string;
  /**
   * With a root of its own: absolute in there, without symlinks; made when it is not there, and refused when a symlink is in
   * the way. Without: a path of the machine, which exists.
   */
  readonly target: string;
  readonly isReadOnly: boolean;
  readonly isFile?: boolean;
  /** The path of `source` has no links in it; one that somebody has put there by the time it is mounted is refused. */
  readonly isReal?: boolean;
}

/** `name` as prlimit(1) has it. Undefined values = unlimited. */
export interface ProcessLimit {
  readonly name: string;
  readonly soft: number | undefined;
  readonly hard: number | undefined;
}
