// Plans as /v2/deployments and events show them (marathon.md 7.1, 9.2).
import type { DeploymentAction, DeploymentPlan, DeploymentStep } from '../model/deployment.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';

export type ActionJson = { readonly action: DeploymentAction['kind']; readonly app: PathId };
export type StepJson = { readonly actions: readonly ActionJson[] };

/** What is done to which app. */
export function actionJson({ kind, app }: DeploymentAction): ActionJson {
  return { action: kind, app: app.id };
}

/** `currentStep` of events. */
export function stepJson({ actions }: DeploymentStep): StepJson {
  return { actions: actions.map(actionJson) };
}

/** The light form: steps without definitions. */
export function planJson({ id, version, steps }: DeploymentPlan): {
  readonly id: string;
  readonly version: Timestamp;
  readonly steps: readonly StepJson[];
} {
  return { id, version, steps: steps.map(stepJson) };
}
