// From what a request changed to the steps that bring it about (marathon.md 12.1). Pure.
import { type App, configVersionOf } from '../model/app.ts';
import type { AppChange, DeploymentAction, DeploymentPlan, DeploymentStep, RootChanges } from '../model/deployment.ts';
import type { InstanceId } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import type { RootGroup } from '../model/root-group.ts';
import type { Timestamp } from '../model/time.ts';
import { layersOf } from './layers.ts';

/** `changes` leads from `before` to `after`; apps in it have their version infos. */
export interface PlanInput {
  /** Random UUID. */
  readonly id: string;
  /** Version of the root group that it leads to. */
  readonly version: Timestamp;
  readonly before: RootGroup;
  readonly after: RootGroup;
  readonly changes: RootChanges;
  /** Apps of `after` to be restarted although their configuration is the same; they need not be among the changes. */
  readonly restart?: readonly PathId[];
  /** Of apps that shrink: which instances go first. */
  readonly instancesToKill?: ReadonlyMap<PathId, readonly InstanceId[]>;
}

/**
 * What to do in which order: remove, announce, then change layer by layer of dependencies. A change of nothing gives no
 * steps. Costs what the changes and their dependencies hold. An app's configuration has changed when its
 * `lastConfigChangeAt` has.
 */
export function makePlan(input: PlanInput): DeploymentPlan {
  const changes = withRestarts(input);
  const restarts = new Set(input.restart);
  const steps: DeploymentStep[] = [];
  const stops: DeploymentAction[] = [];
  const starts: DeploymentAction[] = [];
  const actions = new Map<PathId, DeploymentAction>();
  for (const change of changes.apps) {
    if (change.before === undefined && change.after !== undefined)
      starts.push({ kind: 'StartApplication', app: change.after });
    if (change.before !== undefined && change.after === undefined)
      stops.push({ kind: 'StopApplication', app: change.before });
    const action = actionOf(change, restarts, input.instancesToKill?.get(change.id) ?? []);
    if (action !== undefined) actions.set(change.id, action);
  }
  for (const first of [stops, starts]) if (first.length > 0) steps.push({ actions: first });
  for (const layer of layersOf(input.after, [...actions.keys()]))
    steps.push({ actions: layer.flatMap((id) => actions.get(id) ?? []) });
  return { id: input.id, version: input.version, changes, steps };
}

/** What is done to an app that is there afterwards; undefined when nothing is. */
function actionOf(
  { id, before, after }: AppChange,
  restarts: ReadonlySet<PathId>,
  instancesToKill: readonly InstanceId[],
): DeploymentAction | undefined {
  if (after === undefined) return undefined;
  const isRestart = before !== undefined && (restarts.has(id) || hasNewConfig(before, after));
  if (isRestart && after.instances > 0) return { kind: 'RestartApplication', app: after };
  if (!isRestart && before?.instances === after.instances) return undefined;
  return { kind: 'ScaleApplication', app: after, instancesToKill };
}

function hasNewConfig(before: App, after: App): boolean {
  return configVersionOf(before) !== configVersionOf(after);
}

/** A restart of an app that is the same otherwise is a change too, so that the plan tells which version it is about. */
function withRestarts({ changes, restart = [], before, after }: PlanInput): RootChanges {
  const known = new Set(changes.apps.map(({ id }) => id));
  const more = restart.flatMap((id): AppChange[] => {
    const app = after.apps.get(id);
    return known.has(id) || app === undefined ? [] : [{ id, before: before.apps.get(id), after: app }];
  });
  return more.length === 0 ? changes : { ...changes, apps: [...changes.apps, ...more] };
}
