// A deployment: the way from one root group to another, in steps (marathon.md 12).
import type { App } from './app.ts';
import type { InstanceId } from './instance.ts';
import type { PathId } from './path-id.ts';
import type { Group } from './root-group.ts';
import type { Timestamp } from './time.ts';

/** What is done to one app within a step. */
export type DeploymentAction =
  | { readonly kind: 'StartApplication'; readonly app: App }
  | { readonly kind: 'StopApplication'; readonly app: App }
  | { readonly kind: 'ScaleApplication'; readonly app: App; readonly instancesToKill: readonly InstanceId[] }
  | { readonly kind: 'RestartApplication'; readonly app: App };

/** Actions of a step run side by side; the next step waits for all of them. */
export interface DeploymentStep {
  readonly actions: readonly DeploymentAction[];
}

/** One app before and after; undefined = not there. */
export interface AppChange {
  readonly id: PathId;
  readonly before: App | undefined;
  readonly after: App | undefined;
}

/** One group's own members before and after; undefined = not there. */
export interface GroupChange {
  readonly id: PathId;
  readonly before: Pick<Group, 'dependencies' | 'enforceRole'> | undefined;
  readonly after: Pick<Group, 'dependencies' | 'enforceRole'> | undefined;
}

/** What a request changed in the root group. The cost of everything that follows depends on this, not on the root. */
export interface RootChanges {
  readonly apps: readonly AppChange[];
  readonly groups: readonly GroupChange[];
}

/** marathon.md 12.1. `version` is that of the root group it leads to. */
export interface DeploymentPlan {
  readonly id: string;
  readonly version: Timestamp;
  readonly changes: RootChanges;
  readonly steps: readonly DeploymentStep[];
}

/** Apps that the plan locks: all that appear in its actions. */
export function affectedApps(plan: DeploymentPlan): Set<PathId> {
  return new Set(plan.steps.flatMap(({ actions }) => actions.map(({ app }) => app.id)));
}
