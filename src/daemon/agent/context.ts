// What every part of one agent shares: made once at start, by index.ts.
import type { AgentInfo, ContainerInfo } from '../../mesos/generated/v1.ts';
import type { World } from '../../world/world.ts';
import type { AttachedFiles } from '../serving/files/attached-files.ts';
import type { Background } from './background.ts';
import type { WorkLayout } from './checkpoint/layout.ts';
import type { Containerizer } from './containers/containerizer.ts';
import type { Draining } from './draining/draining.ts';
import type { AgentOptions } from './flags.ts';
import type { Collector } from './gc/collector.ts';
import type { AgentAddress } from './identity.ts';
import type { AgentCounters } from './metrics/counters.ts';
import type { Oversubscription } from './oversubscription/oversubscription.ts';
import type { AgentResources } from './resources/agent-resources.ts';
import type { Books } from './tasks/books.ts';

/** What the parts of an agent share; made once at its start. */
export interface AgentContext {
  readonly world: World;
  readonly options: AgentOptions;
  readonly layout: WorkLayout;
  readonly address: AgentAddress;
  /** Without an id. */
  readonly info: AgentInfo;
  /** Of executors and command tasks that have none (--default_container_info). */
  readonly defaultContainer: ContainerInfo | undefined;
  readonly bootId: string;
  readonly startedMs: number;
  /** What it has by now; `info.resources` is what its flags say. */
  readonly resources: AgentResources;
  readonly oversubscription: Oversubscription;
  readonly containerizer: Containerizer;
  readonly books: Books;
  readonly files: AttachedFiles;
  readonly collector: Collector;
  readonly counters: AgentCounters;
  readonly background: Background;
  readonly draining: Draining;
}
