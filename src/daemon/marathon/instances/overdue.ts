// Launches that take too long (marathon.md 16.7): of a task that was never heard of, or that stays in staging or starting.
// It is killed, and its instance launched again.
import type { InstanceChange, MarathonCore, Unsubscribe } from '../core.ts';
import type { Instance, InstanceId } from '../model/instance.ts';
import { Deadlines } from './deadlines.ts';

/** What it takes. */
export type OverdueCore = Pick<MarathonCore, 'world' | 'log' | 'instances' | 'kills'> & {
  readonly options: Pick<MarathonCore['options'], 'taskLaunchTimeoutMs' | 'taskLaunchConfirmTimeoutMs'>;
};

/** After a start agents and master get this long to tell what became of launches. */
const QUIET_AT_START_MS = 30_000;

/** Acts on nothing before `start`. */
export class OverdueLaunches {
  readonly #core: OverdueCore;
  readonly #deadlines: Deadlines<InstanceId>;
  readonly #overdue = new Set<InstanceId>();
  #unsubscribe: Unsubscribe | undefined;

  constructor(core: OverdueCore) {
    this.#core = core;
    this.#deadlines = new Deadlines(core.world.clock, (id) => this.#due(id));
  }

  /** Instances whose launch was given up and whose task has not ended yet: `instances.launch-overdue.gauge`. */
  get count(): number {
    return this.#overdue.size;
  }

  /** Once the book is loaded. */
  start(): void {
    const { instances } = this.#core;
    this.#unsubscribe = instances.onChange((change) => this.#changed(change));
    for (const instance of instances.all()) this.#watch(instance, QUIET_AT_START_MS);
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#deadlines.clearAll();
    this.#overdue.clear();
  }

  #changed({ before, after }: InstanceChange): void {
    if (after === undefined) {
      if (before !== undefined) this.#clear(before.id);
    } else if (before?.condition !== after.condition || before.task?.id !== after.task?.id) {
      this.#watch(after, 0);
    }
  }

  #watch(instance: Instance, atLeastMs: number): void {
    const timeoutMs = this.#timeoutMs(instance);
    if (timeoutMs === undefined || instance.task === undefined) {
      this.#clear(instance.id);
      return;
    }
    const elapsedMs = this.#core.world.clock.nowMs() - instance.task.stagedAtMs;
    // A wall clock that was set back must not make it wait for longer.
    this.#deadlines.set(instance.id, Math.max(atLeastMs, Math.min(timeoutMs, timeoutMs - elapsedMs)));
  }

  #timeoutMs({ condition }: Instance): number | undefined {
    const { taskLaunchTimeoutMs, taskLaunchConfirmTimeoutMs } = this.#core.options;
    if (condition === 'Provisioned') return taskLaunchConfirmTimeoutMs;
    return condition === 'Staging' || condition === 'Starting' ? taskLaunchTimeoutMs : undefined;
  }

  #clear(id: InstanceId): void {
    this.#deadlines.clear(id);
    this.#overdue.delete(id);
  }

  #due(id: InstanceId): void {
    const { instances, kills, log } = this.#core;
    const instance = instances.get(id);
    if (instance === undefined || this.#timeoutMs(instance) === undefined) return;
    log.warn('a launch takes too long and is given up', { taskId: instance.task?.id, condition: instance.condition });
    this.#overdue.add(id);
    void kills.kill([id], 'overdue');
  }
}
