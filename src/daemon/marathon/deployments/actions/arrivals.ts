// Instances that an action waits for: whether they have become healthy and ready (marathon.md 12.3). What has arrived
// once stays so until its task is over, whatever the checks say later.
import type { Unsubscribe } from '../../core.ts';
import { type App, configVersionOf } from '../../model/app.ts';
import { type Instance, type InstanceId, isActive, isUnreachable } from '../../model/instance.ts';
import { timestamp } from '../../model/time.ts';
import { type MachineContext, someOf } from './machine.ts';

interface Arrival {
  /** Of the task that the rest is about. */
  taskId: string | undefined;
  isHealthy: boolean;
  isReady: boolean;
  /** Cannot be reached now. */
  isLost: boolean;
  unwatch: Unsubscribe | undefined;
}

const ARE = ['is', 'are'] as const;

/** Each call but `waitsFor` and `stop` costs the same whatever the number of instances. */
export class Arrivals {
  readonly #app: App;
  readonly #context: MachineContext;
  readonly #arrivals = new Map<InstanceId, Arrival>();
  #arrived = 0;
  #serving = 0;

  constructor(app: App, context: MachineContext) {
    this.#app = app;
    this.#context = context;
  }

  /** How many are waited for or have arrived. */
  get size(): number {
    return this.#arrivals.size;
  }

  /** How many are healthy and ready. */
  get arrived(): number {
    return this.#arrived;
  }

  /** How many of those can be reached: what nobody reaches is no reason to end something else. */
  get serving(): number {
    return this.#serving;
  }

  has(id: InstanceId): boolean {
    return this.#arrivals.has(id);
  }

  /** Waits for the instance, or looks at it again. */
  look(instance: Instance): void {
    const arrival = this.#arrivals.get(instance.id) ?? newArrival(undefined);
    this.#arrivals.set(instance.id, arrival);
    const taskId = isActive(instance) ? instance.task?.id : undefined;
    if (arrival.taskId !== taskId) this.#restart(arrival, taskId);
    this.#update(arrival, () => {
      arrival.isLost = isUnreachable(instance);
    });
    if (taskId === undefined || instance.condition !== 'Running') return;
    this.#update(arrival, () => {
      arrival.isHealthy ||= isConsideredHealthy(instance, this.#context.parts.health);
      if (this.#app.readinessChecks.length === 0) arrival.isReady ||= arrival.isHealthy;
    });
    if (!arrival.isReady && this.#app.readinessChecks.length > 0) this.#watch(instance.id, arrival);
  }

  /** Does not wait for it any more. */
  drop(id: InstanceId): void {
    const arrival = this.#arrivals.get(id);
    if (arrival === undefined) return;
    this.#restart(arrival, undefined);
    this.#arrivals.delete(id);
  }

  stop(): void {
    for (const arrival of this.#arrivals.values()) this.#restart(arrival, undefined);
    this.#arrivals.clear();
  }

  /** What is missing, a kind a text. */
  waitsFor(): string[] {
    const waiting: Record<'offer' | 'staged' | 'healthy' | 'ready' | 'lost', InstanceId[]> = {
      offer: [],
      staged: [],
      healthy: [],
      ready: [],
      lost: [],
    };
    for (const [id, arrival] of this.#arrivals) {
      if (arrival.isHealthy && arrival.isReady && !arrival.isLost) continue;
      const instance = this.#context.parts.instances.get(id);
      if (instance === undefined) continue;
      if (isUnreachable(instance)) waiting.lost.push(id);
      else if (!isActive(instance)) waiting.offer.push(id);
      else if (instance.condition !== 'Running') waiting.staged.push(id);
      else (arrival.isHealthy ? waiting.ready : waiting.healthy).push(id);
    }
    const total = this.#arrivals.size;
    const delayedUntilMs = waiting.offer.length > 0 ? this.#delayedUntilMs() : undefined;
    const launch = delayedUntilMs === undefined ? 'an offer' : `a launch delay, until ${timestamp(delayedUntilMs)}`;
    // Of what is all there is to wait for, no total is told.
    const count = ({ length }: readonly InstanceId[], [one, many]: readonly [string, string]) =>
      `${length === total ? length : `${length} of ${total}`} instance${total === 1 ? '' : 's'} ${length === 1 ? one : many}`;
    return [
      ...(waiting.offer.length > 0 ? [`${count(waiting.offer, ['waits', 'wait'])} for ${launch}`] : []),
      ...(waiting.staged.length > 0 ? [`${count(waiting.staged, ARE)} being started`] : []),
      ...(waiting.lost.length > 0 ? [`${count(waiting.lost, ARE)} unreachable`] : []),
      ...someOf(waiting.healthy, {
        one: (id) => `waits for instance ${id} to become healthy`,
        many: () => `${count(waiting.healthy, ARE)} not healthy yet`,
      }),
      ...someOf(waiting.ready, {
        one: (id) => `waits for instance ${id} to become ready`,
        many: () => `${count(waiting.ready, ARE)} not ready yet`,
      }),
    ];
  }

  #delayedUntilMs(): number | undefined {
    return this.#context.parts.backOffs.delayedUntilMs(this.#app);
  }

  #watch(id: InstanceId, arrival: Arrival): void {
    if (arrival.unwatch !== undefined) return;
    const { taskId } = arrival;
    arrival.unwatch = this.#context.parts.readiness.watch(id, () => {
      if (this.#arrivals.get(id) !== arrival || arrival.taskId !== taskId) return;
      this.#update(arrival, () => {
        arrival.isReady = true;
      });
      this.#context.wake();
    });
  }

  #restart(arrival: Arrival, taskId: string | undefined): void {
    arrival.unwatch?.();
    this.#update(arrival, () => {
      Object.assign(arrival, newArrival(taskId));
    });
  }

  #update(arrival: Arrival, change: () => void): void {
    const [arrived, serving] = [hasArrived(arrival), hasArrived(arrival) && !arrival.isLost];
    change();
    this.#arrived += Number(hasArrived(arrival)) - Number(arrived);
    this.#serving += Number(hasArrived(arrival) && !arrival.isLost) - Number(serving);
  }
}

function newArrival(taskId: string | undefined): Arrival {
  return { taskId, isHealthy: false, isReady: false, isLost: false, unwatch: undefined };
}

function hasArrived({ isHealthy, isReady }: Arrival): boolean {
  return isHealthy && isReady;
}

/** Runs, and checks of both families say it is well if there are any (marathon.md 12.5). */
export function isConsideredHealthy(
  instance: Instance,
  health: { healthOf(instance: Instance): boolean | undefined },
): boolean {
  if (instance.condition !== 'Running') return false;
  return instance.app.healthChecks.length === 0 || health.healthOf(instance) === true;
}

/** Of the configuration that the app has now; how many of them there are makes no difference. */
export function isOfConfig(instance: Instance, app: App): boolean {
  return configVersionOf(instance.app) === configVersionOf(app);
}
