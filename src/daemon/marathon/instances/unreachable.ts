// Exact times for instances that cannot be reached (marathon.md 16.4): inactive after a while, so that the scale check
// replaces them, and in the end forgotten. Should their task come back after that, it is killed as an unknown one.
import type { InstanceChange, MarathonCore, Unsubscribe } from '../core.ts';
import { type Instance, type InstanceId, isUnreachable } from '../model/instance.ts';
import { Deadlines } from './deadlines.ts';
import type { InstanceBook } from './instance-book.ts';
import { becameInactive, nextUnreachableMs, unreachableFor } from './transitions.ts';

/** What it takes. */
export type UnreachableCore = Pick<MarathonCore, 'world' | 'log'> & { readonly instances: InstanceBook };

/** Acts on nothing before `start`. */
export class UnreachableWatch {
  readonly #core: UnreachableCore;
  readonly #deadlines: Deadlines<InstanceId>;
  #unsubscribe: Unsubscribe | undefined;

  constructor(core: UnreachableCore) {
    this.#core = core;
    this.#deadlines = new Deadlines(core.world.clock, (id) => this.#due(id));
  }

  /** Once the book is loaded; times go on from when the agent was lost, not from now. */
  start(): void {
    const { instances } = this.#core;
    this.#unsubscribe = instances.onChange((change) => this.#changed(change));
    for (const instance of instances.all()) this.#watch(instance);
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#deadlines.clearAll();
  }

  #changed({ before, after }: InstanceChange): void {
    if (after === undefined) {
      if (before !== undefined) this.#deadlines.clear(before.id);
    } else if (before?.condition !== after.condition) {
      this.#watch(after);
    }
  }

  #watch(instance: Instance): void {
    const { id, app, condition } = instance;
    const limitMs = isUnreachable(instance) ? nextUnreachableMs(condition, app.unreachableStrategy) : undefined;
    if (limitMs === undefined) this.#deadlines.clear(id);
    // A wall clock that was set back must not make it wait for longer.
    else this.#deadlines.set(id, Math.min(limitMs, limitMs - this.#elapsedMs(instance)));
  }

  /** The deadline was measured; the wall clock, which may have been set meanwhile, is not asked again. */
  #due(id: InstanceId): void {
    const { instances, log, world } = this.#core;
    const instance = instances.get(id);
    if (instance === undefined || !isUnreachable(instance)) return;
    const { condition, app, task } = instance;
    const dueMs = nextUnreachableMs(condition, app.unreachableStrategy);
    if (dueMs === undefined) return;
    if (unreachableFor(dueMs, app.unreachableStrategy) === 'expunge') {
      log.info('an unreachable instance is given up', { instanceId: id, taskId: task?.id });
      instances.expunge(id);
    } else {
      log.info('an instance is unreachable for so long that it does not count any more', { instanceId: id });
      instances.apply(becameInactive(instance, Math.floor(world.clock.nowMs())));
    }
  }

  #elapsedMs({ unreachableSinceMs, sinceMs }: Instance): number {
    return this.#core.world.clock.nowMs() - (unreachableSinceMs ?? sinceMs);
  }
}
