// Virtual time as a process sees it.
import type { Clock, Timer } from '../../world/world.ts';
import type { ProcessLife } from './process.ts';

/** The machine's clock: what it is off by, and when it was switched on. */
export interface MachineTime {
  readonly bootedAtMs: number;
  /** Added to the true wall time; a test may change it at any moment (clock jump). */
  readonly skewMs: number;
}

export class SimulatedClock implements Clock {
  readonly #life: ProcessLife;
  readonly #machine: MachineTime;

  constructor(life: ProcessLife, machine: MachineTime) {
    this.#life = life;
    this.#machine = machine;
  }

  nowMs(): number {
    return this.#life.engine.wallMs + this.#machine.skewMs;
  }

  monotonicMs(): number {
    return this.#life.engine.nowMs - this.#machine.bootedAtMs;
  }

  setTimer(delayMs: number, fn: () => void): Timer {
    const event = this.#life.later('timer', delayMs, fn);
    return {
      cancel: () => {
        event.isCancelled = true;
      },
    };
  }

  every(intervalMs: number, fn: () => void): Timer {
    // An interval of nothing would hold virtual time still for ever.
    const stepMs = Math.max(1, intervalMs);
    let event = this.#life.later('tick', stepMs, tick);
    const life = this.#life;
    function tick(): void {
      event = life.later('tick', stepMs, tick);
      fn();
    }
    return {
      cancel: () => {
        event.isCancelled = true;
      },
    };
  }

  sleep(delayMs: number): Promise<void> {
    return this.#life.perform('sleep', delayMs, () => undefined);
  }
}
