// How many of an app's instances are staged, running, healthy and not (marathon.md 3.8).
import type { Health } from '../../core.ts';
import type { Instance } from '../../model/instance.ts';

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
export function countsOf(instances: readonly Instance[], health: Pick<Health, 'results'>): AppCounts {
  let [tasksStaged, tasksRunning, tasksHealthy, tasksUnhealthy] = [0, 0, 0, 0];
  for (const { id, condition, app } of instances) {
    if (condition === 'Running') tasksRunning += 1;
    else if (condition === 'Provisioned' || condition === 'Staging') tasksStaged += 1;
    if (app.healthChecks.length === 0) continue;
    const results = health.results(id);
    if (results.some(({ alive }) => !alive)) tasksUnhealthy += 1;
    else if (results.length > 0) tasksHealthy += 1;
  }
  return { tasksStaged, tasksRunning, tasksHealthy, tasksUnhealthy };
}
