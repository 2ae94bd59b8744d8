// Runs one action of a step: passes on what happens, and starts it again when it fails (marathon.md 12.3).
import type { Log, Timer } from '../../../world/world.ts';
import type { DeploymentAction } from '../model/deployment.ts';
import type { InstanceId } from '../model/instance.ts';
import type { ActionMachine, ActionParts, MachineContext } from './actions/machine.ts';
import { RestartMachine } from './actions/restart.ts';
import { ScaleMachine } from './actions/scale.ts';
import { StartMachine } from './actions/start.ts';
import { StopMachine } from './actions/stop.ts';

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;

export class ActionWorker {
  readonly action: DeploymentAction;
  readonly #parts: ActionParts & { readonly log: Log };
  readonly #onDone: () => void;
  #machine: ActionMachine | undefined;
  #state: 'working' | 'done' | 'stopped' = 'working';
  #isAwake = false;
  #retry: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  #error: string | undefined;

  /** `onDone` is called once, from a turn of its own; never after `stop`. */
  constructor(action: DeploymentAction, parts: ActionParts & { readonly log: Log }, onDone: () => void) {
    this.action = action;
    this.#parts = parts;
    this.#onDone = onDone;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  start(): void {
    this.#wake();
  }

  /** To be called for every change of an instance of the app. */
  look(id: InstanceId): void {
    const machine = this.#machine;
    if (machine === undefined) return;
    this.#guarded(() => machine.look(id));
    this.#wake();
  }

  /** Instances stay as they are. */
  stop(): void {
    if (this.#state === 'working') this.#state = 'stopped';
    this.#retry?.cancel();
    this.#machine?.stop();
    this.#machine = undefined;
  }

  /** In plain words; nothing when done. */
  waitsFor(): string | undefined {
    if (this.#state !== 'working') return undefined;
    if (this.#error !== undefined)
      return `it failed and is tried again within ${this.#retryMs / 1_000} s: ${this.#error}`;
    const texts = this.#machine?.waitsFor() ?? [];
    return texts.length === 0 ? undefined : texts.join('; ');
  }

  /** Acts once for all that happened in this turn. */
  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    void Promise.resolve().then(() => {
      this.#isAwake = false;
      if (this.#state === 'working' && this.#retry === undefined && this.#act()) this.#finish();
    });
  }

  /** Whether the action is done. */
  #act(): boolean {
    let isDone = false;
    this.#guarded(() => {
      this.#machine ??= machineOf(this.action, { parts: this.#parts, wake: () => this.#wake() });
      isDone = this.#machine.act();
    });
    return isDone && this.#state === 'working';
  }

  #finish(): void {
    this.#state = 'done';
    this.stop();
    this.#onDone();
  }

  #guarded(work: () => void): void {
    try {
      work();
      this.#error = undefined;
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error);
      this.#parts.log.error('an action of a deployment failed and is tried again', {
        action: this.action.kind,
        app: this.action.app.id,
        inMs: this.#retryMs,
        error,
      });
      this.#machine?.stop();
      this.#machine = undefined;
      this.#retry = this.#parts.world.clock.setTimer(this.#retryMs, () => {
        this.#retry = undefined;
        this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
        this.#wake();
      });
    }
  }
}

function machineOf(action: DeploymentAction, context: MachineContext): ActionMachine {
  switch (action.kind) {
    case 'StartApplication':
      return new StartMachine(action, context);
    case 'StopApplication':
      return new StopMachine(action, context);
    case 'ScaleApplication':
      return new ScaleMachine(action, context);
    case 'RestartApplication':
      return new RestartMachine(action, context);
  }
}
