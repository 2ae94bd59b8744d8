// What those who work on tasks have between them; each takes of it what it needs.
import type { World } from '../../../world/world.ts';
import type { Background } from '../background.ts';
import type { Journal } from '../checkpoint/journal.ts';
import type { WorkLayout } from '../checkpoint/layout.ts';
import type { Containerizer } from '../containers/containerizer.ts';
import type { AgentOptions } from '../flags.ts';
import type { AgentCounters } from '../metrics/counters.ts';
import type { AgentResources } from '../resources/agent-resources.ts';
import type { StatusUpdates } from '../updates/status-updates.ts';
import type { Books } from './books.ts';
import type { Killer } from './killer.ts';
import type { Launcher } from './launch/launcher.ts';
import type { StatusReporter } from './status/reporter.ts';

/** Made once the agent has its id. */
export interface TaskParts {
  readonly world: World;
  readonly options: AgentOptions;
  readonly agentId: string;
  readonly layout: WorkLayout;
  readonly books: Books;
  readonly resources: AgentResources;
  readonly journal: Pick<Journal, 'append'>;
  readonly updates: StatusUpdates;
  readonly reporter: StatusReporter;
  readonly containerizer: Containerizer;
  readonly launcher: Launcher;
  readonly killer: Killer;
  readonly counters: AgentCounters;
  readonly background: Background;
  /** An executor that the master charges for has ended, or is not there. `waitStatus` is the raw one of wait(2). */
  readonly onExecutorExited: (frameworkId: string, executorId: string, waitStatus: number) => void;
}
