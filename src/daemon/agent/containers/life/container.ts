// One container while it is ours: from the wish to launch it until its last process is gone.
import type { DiskWatch } from '../../../../world/disk.ts';
import type { ProcessIdentity } from '../../../../world/processes.ts';
import type { HostUser } from '../../../../world/world.ts';
import type { ContainerExit } from '../containerizer.ts';
import type { Switchboard } from '../io/switchboard.ts';
import type { ContainerLimits } from '../isolation/limits.ts';
import type { RuntimeDirectory } from './runtime-record.ts';

/** What the container's own life has to tell its probes. */
export interface RunningProbe {
  /** Its exit file has changed. */
  look(): void;
  /** The container is at its end, and so is the probe. */
  containerEnded(): Promise<void>;
  /** Nobody waits for it any more. It runs on, and the next agent ends it. */
  abandon(): void;
}

/** One container in the containerizer's books. */
export interface Container {
  readonly containerId: string;
  readonly sandbox: string;
  readonly runtime: RuntimeDirectory;
  limits: ContainerLimits;
  /** Its limits are those of the container it is nested in. */
  readonly sharesLimits: boolean;
  /** It has a process of its own, whose end is its end. */
  readonly hasProcess: boolean;
  /** Those nested in it, as long as they are in the books. */
  readonly nested: Set<Container>;
  /** Resolves when its launch is over, whatever came of it. */
  settled: Promise<void>;
  /** Of its `disk` resources; undefined = none asked for, or none of its own. */
  diskBytes: number | undefined;
  /** Of its `ports` resources, both ends included. */
  ports: readonly (readonly [begin: number, end: number])[];
  /** Undefined = runs as who we are. */
  user: HostUser | undefined;
  /** - `launching` → `running` → `ending` → gone from the books. */
  phase: 'launching' | 'running' | 'ending';
  /** Set once it runs. */
  process: ProcessIdentity | undefined;
  /** Of one without a process of its own: has the namespaces that those nested in it share, once one wants to. */
  namespaceHolder: Promise<ProcessIdentity> | undefined;
  /** Of a container that somebody may talk with. */
  streams: Switchboard | undefined;
  /** Somebody wants its end while it is launching. */
  isUnwanted: boolean;
  /** Why it is being killed, when that was our decision. */
  limitation: ContainerExit['limitation'];
  watch: DiskWatch | undefined;
  /** Probes under way, by the name of their exit file in the runtime directory. */
  readonly probes: Map<string, RunningProbe>;
  /** Bytes in its sandbox when last measured. */
  diskUsedBytes: number | undefined;
}
