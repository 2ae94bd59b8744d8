// When the allocator runs: on every interval over all agents, and at the end of a turn in which something happened that
// should not wait for that (mesos-semantics.md 3.1).
import type { HierarchicalAllocator, OfferedInverse, OfferedResources } from '../../../allocator/allocator.ts';
import type { Clock, Timer } from '../../../world/world.ts';
import { TimerMetric } from '../../serving/metrics/timer-metric.ts';

/** Runs the allocator and passes on what it offers. Times and latencies of the runs are kept for the metrics. */
export class AllocationLoop {
  readonly runTime = new TimerMetric('allocator/mesos/allocation_run_ms');
  /** From the wish for a run to its start. */
  readonly latency = new TimerMetric('allocator/mesos/allocation_run_latency_ms');
  readonly #clock: Clock;
  readonly #allocator: HierarchicalAllocator;
  readonly #offer: (offered: readonly OfferedResources[]) => void;
  readonly #ask: (offered: readonly OfferedInverse[]) => void;
  #ticks: Timer | undefined;
  #pending: Timer | undefined;
  #isStopped = false;

  /** `ask`: what goes out as inverse offers. */
  constructor(
    clock: Clock,
    allocator: HierarchicalAllocator,
    offer: (offered: readonly OfferedResources[]) => void,
    ask: (offered: readonly OfferedInverse[]) => void,
  ) {
    this.#clock = clock;
    this.#allocator = allocator;
    this.#offer = offer;
    this.#ask = ask;
  }

  start(intervalMs: number): void {
    this.#ticks = this.#clock.every(intervalMs, () => this.#run(true, this.#clock.monotonicMs()));
  }

  /** A run over the agents concerned follows this turn, if anything calls for one. */
  request(): void {
    if (this.#isStopped || this.#pending !== undefined || !this.#allocator.hasPendingAgents()) return;
    const wantedMs = this.#clock.monotonicMs();
    this.#pending = this.#clock.setTimer(0, () => {
      this.#pending = undefined;
      this.#run(false, wantedMs);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#ticks?.cancel();
    this.#pending?.cancel();
  }

  #run(batch: boolean, wantedMs: number): void {
    const startedMs = this.#clock.monotonicMs();
    this.latency.record(startedMs - wantedMs);
    const offered = this.#allocator.allocate(this.#clock.nowMs(), { batch });
    this.runTime.record(this.#clock.monotonicMs() - startedMs);
    if (offered.length > 0) this.#offer(offered);
    const asked = this.#allocator.inverseOffers(this.#clock.nowMs(), { batch });
    if (asked.length > 0) this.#ask(asked);
  }
}
