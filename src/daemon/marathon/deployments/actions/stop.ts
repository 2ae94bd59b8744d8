// StopApplication: ends all instances of an app that was removed (marathon.md 12.3).
import type { DeploymentAction } from '../../model/deployment.ts';
import { isActive } from '../../model/instance.ts';
import { type ActionMachine, type MachineContext, someOf } from './machine.ts';

type Phase = 'begin' | 'ending' | 'ended';

export class StopMachine implements ActionMachine {
  readonly #action: DeploymentAction;
  readonly #context: MachineContext;
  #phase: Phase = 'begin';

  constructor(action: DeploymentAction, context: MachineContext) {
    this.#action = action;
    this.#context = context;
  }

  look(): void {
    // Kills tells when all have ended.
  }

  act(): boolean {
    const { instances, kills, backOffs, events } = this.#context.parts;
    const { id } = this.#action.app;
    if (this.#phase === 'ending') return false;
    const left = instances.ofApp(id).filter((one) => one.goal === 'Running' || isActive(one));
    if (this.#phase === 'begin' ? left.length > 0 : left.some(({ goal }) => goal === 'Running')) {
      this.#phase = 'ending';
      const killed = kills.kill(
        left.map((one) => one.id),
        'stop',
        'Decommissioned',
      );
      void killed.then(() => {
        this.#phase = 'ended';
        this.#context.wake();
      });
      return false;
    }
    backOffs.reset(id);
    events.publish({ type: 'app_terminated_event', appId: id });
    return true;
  }

  waitsFor(): string[] {
    const left = this.#context.parts.instances.ofApp(this.#action.app.id).map(({ id }) => id);
    return someOf(left, {
      one: (id) => `waits for instance ${id} to end`,
      many: (count) => `${count} instances have not ended yet`,
    });
  }

  stop(): void {
    // Kills goes on by itself.
  }
}
