// How many of an app's instances are staged, running, healthy and not (marathon.md 3.8).
import type { MarathonCore } from '../../core.ts';
import type { PathId } from '../../model/path-id.ts';

/** The four numbers every app is shown with. */
export interface AppCounts {
  readonly tasksStaged: number;
  readonly tasksRunning: number;
  readonly tasksHealthy: number;
  readonly tasksUnhealthy: number;
}

/** Of an app without instances. */
export const NO_COUNTS: AppCounts = { tasksStaged: 0, tasksRunning: 0, tasksHealthy: 0, tasksUnhealthy: 0 };

/** TASK_STARTING counts as neither staged nor running; an instance without any result as neither healthy nor unhealthy. */
export function countsOf(core: Pick<MarathonCore, 'instances' | 'health'>, appId: PathId): AppCounts {
  const { staged, running } = core.instances.countsOf(appId);
  const { healthy, unhealthy } = core.health.countsOf(appId);
  return { tasksStaged: staged, tasksRunning: running, tasksHealthy: healthy, tasksUnhealthy: unhealthy };
}
