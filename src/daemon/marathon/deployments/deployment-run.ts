// One deployment on its way: step after step, each when all actions of the one before are done (marathon.md 12.1).
import type { Log } from '../../../world/world.ts';
import type { RunningDeployment } from '../core.ts';
import type { DeploymentPlan, DeploymentStep } from '../model/deployment.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';
import { ActionWorker } from './action-worker.ts';
import type { ActionParts } from './actions/machine.ts';

/** The worker that is told of changes of an app's instances; at most one, as deployments lock what they change. */
export type WorkersByApp = Map<PathId, ActionWorker>;

export class DeploymentRun implements RunningDeployment {
  readonly plan: DeploymentPlan;
  readonly startedAt: Timestamp;
  readonly #parts: ActionParts & { readonly log: Log };
  readonly #workersByApp: WorkersByApp;
  readonly #onDone: () => void;
  #currentStep = 0;
  #workers: ActionWorker[] = [];
  #left = 0;
  #isStopped = false;

  /** `onDone` is called once, when the last step is done. */
  constructor(
    plan: DeploymentPlan,
    startedAt: Timestamp,
    parts: ActionParts & { readonly log: Log },
    workersByApp: WorkersByApp,
    onDone: () => void,
  ) {
    this.plan = plan;
    this.startedAt = startedAt;
    this.#parts = parts;
    this.#workersByApp = workersByApp;
    this.#onDone = onDone;
  }

  get currentStep(): number {
    return this.#currentStep;
  }

  get step(): DeploymentStep | undefined {
    return this.plan.steps[this.#currentStep - 1];
  }

  /** Of the current step. */
  get workers(): readonly ActionWorker[] {
    return this.#workers;
  }

  /** Begins the next step, the first at first. Does nothing when it was stopped before. */
  begin(): void {
    if (this.#isStopped) return;
    const step = this.plan.steps[this.#currentStep];
    if (step === undefined) {
      this.#onDone();
      return;
    }
    this.#currentStep += 1;
    this.#parts.events.publish({ type: 'deployment_info', plan: this.plan, currentStep: step });
    this.#left = step.actions.length;
    this.#workers = step.actions.map(
      (action) => new ActionWorker(action, this.#parts, () => this.#actionDone(action.app.id)),
    );
    for (const worker of this.#workers) {
      this.#workersByApp.set(worker.action.app.id, worker);
      worker.start();
    }
  }

  /** Leaves everything as it is. */
  stop(): void {
    this.#isStopped = true;
    for (const worker of this.#workers) {
      worker.stop();
      this.#forget(worker);
    }
  }

  #actionDone(appId: PathId): void {
    this.#workersByApp.delete(appId);
    this.#left -= 1;
    const { step } = this;
    if (this.#left > 0 || this.#isStopped || step === undefined) return;
    this.#parts.events.publish({ type: 'deployment_step_success', plan: this.plan, currentStep: step });
    this.begin();
  }

  #forget(worker: ActionWorker): void {
    const { id } = worker.action.app;
    if (this.#workersByApp.get(id) === worker) this.#workersByApp.delete(id);
  }
}
