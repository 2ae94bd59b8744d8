// StartApplication: announces a new app; the scale after it launches (marathon.md 12.1). What is left of a former app of the
// same name is told to end, so that nobody takes it for instances of this one.
import type { DeploymentAction } from '../../model/deployment.ts';
import { isOfConfig } from './arrivals.ts';
import type { ActionMachine, MachineContext } from './machine.ts';

export class StartMachine implements ActionMachine {
  readonly #action: DeploymentAction;
  readonly #context: MachineContext;

  constructor(action: DeploymentAction, context: MachineContext) {
    this.#action = action;
    this.#context = context;
  }

  look(): void {
    // Done at the first act.
  }

  act(): boolean {
    const { instances, kills } = this.#context.parts;
    const { app } = this.#action;
    // Those of the app's own configuration were started by the scale, before it was interrupted.
    const former = instances.ofApp(app.id).filter((one) => one.goal === 'Running' && !isOfConfig(one, app));
    if (former.length > 0)
      void kills.kill(
        former.map(({ id }) => id),
        'stop',
        'Decommissioned',
      );
    return true;
  }

  waitsFor(): string[] {
    return [];
  }

  stop(): void {
    // Kills goes on by itself.
  }
}
