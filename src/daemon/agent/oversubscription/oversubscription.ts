// Asks the estimator what lies idle, and the controller what must go, each in its own time. What there is to oversubscribe is
// told to the master with the agent's total (resources/agent-resources.ts), which offers it like the rest.
import type { Timer, World } from '../../../world/world.ts';
import type { AgentResources } from '../resources/agent-resources.ts';
import type { Books } from '../tasks/books.ts';
import { type ResourceEstimator, revocableIn } from './estimator.ts';
import type { QosController } from './qos-controller.ts';
import { containerUsages } from './usage.ts';

/** A machine's load does not change faster; the original asks without a pause. */
const MIN_CORRECTION_INTERVAL_MS = 1_000;

export interface OversubscriptionOptions {
  readonly world: Pick<World, 'clock'>;
  readonly books: Books;
  readonly resources: Pick<AgentResources, 'oversubscribe'>;
  readonly estimator: ResourceEstimator | undefined;
  readonly controller: QosController | undefined;
  readonly estimateIntervalMs: number;
  readonly correctionIntervalMs: number;
}

/** One per agent process. Nothing happens before `start` and after `stop`. */
export class Oversubscription {
  readonly #options: OversubscriptionOptions;
  readonly #timers: Timer[] = [];

  constructor(options: OversubscriptionOptions) {
    this.#options = options;
  }

  /** The first estimate is made at once, so that the agent registers with it. `preempt`: ends a container. */
  start(preempt: (containerId: string) => void): void {
    const { world, estimator, controller, estimateIntervalMs, correctionIntervalMs } = this.#options;
    if (estimator !== undefined) {
      this.#estimate(estimator);
      this.#timers.push(world.clock.every(estimateIntervalMs, () => this.#estimate(estimator)));
    }
    if (controller === undefined) return;
    const everyMs = Math.max(correctionIntervalMs, MIN_CORRECTION_INTERVAL_MS);
    this.#timers.push(
      world.clock.every(everyMs, () => {
        const corrections = controller.corrections(containerUsages(this.#options.books));
        for (const { containerId } of corrections) preempt(containerId);
      }),
    );
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }

  /** What is in use stays part of the total, also when the estimator would not give it any more. */
  #estimate(estimator: ResourceEstimator): void {
    const usages = containerUsages(this.#options.books);
    this.#options.resources.oversubscribe(revocableIn(usages).plus(estimator.oversubscribable(usages).revocable()));
  }
}
