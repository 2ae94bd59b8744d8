// An app with what is known of its instances (marathon.md 3.8). The definition's own text is made once for each version of
// an app, so that a list of thousands costs little more than its bytes.
import { renderApp } from '../../apps/index.ts';
import type { MarathonCore, TaskFailure } from '../../core.ts';
import type { App } from '../../model/app.ts';
import type { JsonValue } from '../../model/json.ts';
import { countsOf } from './counts.ts';
import type { AppDetail } from './embeds.ts';
import { isListed, taskJson } from './task.ts';
import { taskStatsJson } from './task-stats.ts';

/** What the views of apps read. */
export type AppViewCore = Pick<
  MarathonCore,
  'groups' | 'instances' | 'health' | 'readiness' | 'deployments' | 'failures' | 'world'
>;

const texts = new WeakMap<App, string>();

/** The definition alone, as JSON text. */
export function appText(app: App): string {
  const known = texts.get(app);
  if (known !== undefined) return known;
  const text = JSON.stringify(renderApp(app));
  texts.set(app, text);
  return text;
}

/** The definition and the details asked for, as JSON text. */
export function appInfoText(core: AppViewCore, app: App, details: ReadonlySet<AppDetail>): string {
  const more = JSON.stringify(detailsOf(core, app, details));
  const text = appText(app);
  return more === '{}' ? text : `${text.slice(0, -1)},${more.slice(1)}`;
}

function detailsOf(core: AppViewCore, app: App, details: ReadonlySet<AppDetail>): JsonValue {
  const wantsInstances = details.has('tasks') || details.has('taskStats');
  const instances = wantsInstances ? core.instances.ofApp(app.id) : [];
  const failure = details.has('lastTaskFailure') ? core.failures.of(app.id) : undefined;
  const stats = details.has('taskStats')
    ? taskStatsJson(app, instances, core.health, core.world.clock.nowMs())
    : undefined;
  return {
    ...(details.has('counts') && countsOf(core, app.id)),
    ...(details.has('deployments') && { deployments: core.deployments.locking(app.id).map((id) => ({ id })) }),
    ...(details.has('readiness') && {
      readinessCheckResults: core.readiness.results(app.id).map((result) => ({ ...result })),
    }),
    ...(details.has('tasks') && {
      tasks: instances.filter(isListed).map((instance) => taskJson(core, instance, { withServicePorts: true })),
    }),
    ...(failure !== undefined && { lastTaskFailure: failureJson(failure) }),
    // Older clients look for the second spelling (marathon.md 27).
    ...(stats !== undefined && { tasksStats: stats, taskStats: stats }),
  };
}

function failureJson(failure: TaskFailure): JsonValue {
  return { ...failure };
}
