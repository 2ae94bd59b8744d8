// The framework whose tasks run during a fail-over. It wants no more than it has: every offer is declined for an hour, as an
// ordinary framework does, so after the fail-over all of them come again.

import type { LeaderSource } from '../../src/client/leader-source.ts';
import { SchedulerClient } from '../../src/client/scheduler.ts';
import type { Event } from '../../src/mesos/generated/scheduler.ts';
import type { FrameworkInfo, TaskState } from '../../src/mesos/generated/v1.ts';
import type { World } from '../../src/world/world.ts';

const REFUSE_SECONDS = 3600;
/** Of one RECONCILE call. */
const RECONCILED_AT_ONCE = 1000;

/** What it heard of its tasks; forgotten at `forget`. */
export class IdleFramework {
  readonly client: SchedulerClient;
  readonly #info: FrameworkInfo;
  readonly #states = new Map<string, TaskState>();
  /** Wall time of the latest SUBSCRIBED. */
  subscribedMs = 0;
  offers = 0;

  constructor(world: World, masters: LeaderSource) {
    this.#info = {
      user: world.host.currentUser,
      name: 'failover',
      roles: ['*'],
      checkpoint: true,
      failover_timeout: 3600,
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
    };
    this.client = new SchedulerClient({
      world,
      masters,
      framework: this.#info,
      listener: { event: (event) => this.#onEvent(event) },
      maxQueuedCalls: 100_000,
    });
  }

  /** As agents know it; the id once it is subscribed. */
  get info(): FrameworkInfo {
    const { frameworkId } = this.client;
    return { ...this.#info, ...(frameworkId !== undefined && { id: { value: frameworkId } }) };
  }

  /** The latest state of each task that was told since `forget`. */
  get states(): ReadonlyMap<string, TaskState> {
    return this.#states;
  }

  forget(): void {
    this.#states.clear();
  }

  /** Asks for the states of these tasks; they come as updates. */
  async reconcile(taskIds: readonly string[]): Promise<void> {
    for (let from = 0; from < taskIds.length; from += RECONCILED_AT_ONCE) {
      const part = taskIds.slice(from, from + RECONCILED_AT_ONCE).map((taskId) => ({ taskId }));
      const outcome = await this.client.reconcile(part);
      if (!outcome.ok) throw new Error('RECONCILE was refused', { cause: outcome.error });
    }
  }

  #onEvent(event: Event): void {
    if (event.type === 'SUBSCRIBED') this.subscribedMs = Date.now();
    const offers = event.offers?.offers ?? [];
    if (offers.length > 0) {
      this.offers += offers.length;
      void this.client.decline(
        offers.map(({ id }) => id.value),
        { refuse_seconds: REFUSE_SECONDS },
      );
    }
    const status = event.update?.status;
    if (status === undefined) return;
    this.#states.set(status.task_id.value, status.state);
    void this.client.acknowledge(status);
  }
}
