// One container while it is ours: from the wish to launch it until its last process is gone.
import type { DiskWatch } from '../../../../world/disk.ts';
import type { ProcessIdentity } from '../../../../world/processes.ts';
import type { HostUser } from '../../../../world/world.ts';
import type { ContainerExit } from '../containerizer.ts';
import type { ContainerLimits } from '../isolation/limits.ts';
import type { RuntimeDirectory } from './runtime-record.ts';

/** One container in the containerizer's books. */
export interface Container {
  readonly containerId: string;
  readonly sandbox: string;
  readonly runtime: RuntimeDirectory;
  readonly limits: ContainerLimits;
  /** Of its `disk` resources; undefined = none asked for. */
  readonly diskBytes: number | undefined;
  /** Undefined = runs as who we are. */
  user: HostUser | undefined;
  /** - `launching` → `running` → `ending` → gone from the books. */
  phase: 'launching' | 'running' | 'ending';
  /** Set once it runs. */
  process: ProcessIdentity | undefined;
  /** Somebody wants its end while it is launching. */
  isUnwanted: boolean;
  /** Why it is being killed, when that was our decision. */
  limitation: ContainerExit['limitation'];
  watch: DiskWatch | undefined;
  /** Bytes in its sandbox when last measured. */
  diskUsedBytes: number | undefined;
}
