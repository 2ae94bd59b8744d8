// One ZooKeeper that masters and Chronos meet on, each below a path of its own: what befalls it befalls both.
import type { SimulatedEnsemble } from '../../state/simulated-ensemble.ts';

/** The simulator has one row of candidates an ensemble, so that each path is one there. */
export class OneEnsemble {
  readonly #paths: readonly SimulatedEnsemble[];

  constructor(paths: readonly SimulatedEnsemble[]) {
    this.#paths = paths;
  }

  /** Every request is answered at once; else some take seconds. */
  set isSteady(isSteady: boolean) {
    for (const path of this.#paths) path.isSteady = isSteady;
  }

  /** Nothing gets from that machine to it, nor back, for that long. */
  cutOff(hostName: string, forMs: number): void {
    for (const path of this.#paths) path.cutOff(hostName, forMs);
  }

  /** Nobody is answered for that long. */
  stall(forMs: number): void {
    for (const path of this.#paths) path.stall(forMs);
  }

  /** Everybody is answered again. */
  heal(): void {
    for (const path of this.#paths) path.heal();
  }
}
