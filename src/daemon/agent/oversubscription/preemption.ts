// Ends what runs on revocable resources, at once: its tasks are GONE, or LOST for frameworks that do not know the difference
// (mesos-semantics.md 3.10).
import type { Log } from '../../../world/world.ts';
import type { CustomExecutors } from '../executors/custom/custom-executors.ts';
import type { TaskGroups } from '../executors/task-groups.ts';
import type { AgentCounters } from '../metrics/counters.ts';
import type { Books } from '../tasks/books.ts';
import type { Killer } from '../tasks/killer.ts';
import { preempted } from '../tasks/status/ending.ts';

export interface PreemptionOptions {
  readonly log: Log;
  readonly books: Books;
  readonly killer: Pick<Killer, 'kill'>;
  readonly custom: Pick<CustomExecutors, 'giveUp'>;
  readonly groups: Pick<TaskGroups, 'preempt'>;
  readonly counters: AgentCounters;
}

/** One per agent id. */
export class Preemption {
  readonly #options: PreemptionOptions;

  constructor(options: PreemptionOptions) {
    this.#options = options;
  }

  /** What is only being made is left to the next correction; what is at its end already needs none. */
  preempt(containerId: string): void {
    const { log, books, counters } = this.#options;
    if (!this.#end(containerId)) return;
    counters.increment('slave/executors_preempted');
    const known = books.container(containerId);
    const { frameworkId, executorId } = known?.kind === 'task' ? known.run : (known?.executor ?? {});
    log.warn('preempted: its revocable resources are needed', { frameworkId, executorId, containerId });
  }

  #end(containerId: string): boolean {
    const { books, killer, custom, groups } = this.#options;
    const known = books.container(containerId);
    if (known === undefined) return false;
    if (known.kind === 'task') return known.run.phase === 'running' && killer.kill(known.run, 'preempted', 0);
    const { executor } = known;
    if (!executor.isUsable || executor.container === undefined || executor.ending !== undefined) return false;
    const facts = preempted(books.frameworks.get(executor.frameworkId)?.has('PARTITION_AWARE') ?? false);
    if (executor.kind === 'custom') custom.giveUp(executor, facts);
    else groups.preempt(executor, facts);
    return true;
  }
}
