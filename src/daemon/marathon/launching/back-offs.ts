// Delays of apps whose tasks end too soon (marathon.md 14). Each app and configuration has its own, in memory only; each
// delay has one timer, first for its end, then for being forgiven, so that nothing ever looks at all of them.
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import type { Timer, World } from '../../../world/world.ts';
import type { BackOffs, InstanceChange, Instances, Unsubscribe } from '../core.ts';
import { type App, configVersionOf } from '../model/app.ts';
import type { Condition, Instance } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';

/** Ends after which a task is not started again at once; a TASK_FINISHED is one too: services do not finish. */
const DELAYING: ReadonlySet<Condition> = new Set(['Failed', 'Finished', 'Error', 'Dropped', 'Gone']);
/** From here on it counts how long the app has been well. */
const ADVANCING: ReadonlySet<Condition> = new Set(['Provisioned', 'Staging', 'Starting', 'Running']);

/** Times are of the monotonic clock but for `untilMs`. */
interface Delay {
  readonly app: App;
  readonly delayMs: number;
  /** End of the delay. */
  readonly deadlineMs: number;
  /** The same as wall-clock time, as people see it. */
  readonly untilMs: number;
  /** Once this is longer ago than the longest delay, the app's past is forgotten. */
  referenceMs: number;
  isOver: boolean;
  timer: Timer;
}

/** Call `start` once; from then on it follows the instances. */
export class DelayBook implements BackOffs {
  readonly #clock: World['clock'];
  readonly #instances: Pick<Instances, 'onChange'>;
  readonly #delays = new Map<PathId, Map<Timestamp, Delay>>();
  readonly #listeners = new Set<(appId: PathId) => void>();
  #unsubscribe: Unsubscribe | undefined;

  constructor(parts: { readonly world: Pick<World, 'clock'>; readonly instances: Pick<Instances, 'onChange'> }) {
    this.#clock = parts.world.clock;
    this.#instances = parts.instances;
  }

  start(): void {
    this.#unsubscribe = this.#instances.onChange((change) => this.#changed(change));
  }

  stop(): void {
    this.#unsubscribe?.();
    for (const versions of this.#delays.values()) for (const { timer } of versions.values()) timer.cancel();
    this.#delays.clear();
  }

  delayedUntilMs(app: App): number | undefined {
    const delay = this.#delays.get(app.id)?.get(configVersionOf(app));
    return delay === undefined || delay.isOver ? undefined : delay.untilMs;
  }

  reset(appId: PathId): void {
    const versions = this.#delays.get(appId);
    if (versions === undefined) return;
    for (const { timer } of versions.values()) timer.cancel();
    this.#delays.delete(appId);
    this.#tell(appId);
  }

  onChange(fn: (appId: PathId) => void): Unsubscribe {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  #changed({ before, after }: InstanceChange): void {
    if (after === undefined || before?.condition === after.condition) return;
    if (wasDrained(after)) this.#remove(after.app);
    else if (DELAYING.has(after.condition)) this.#add(after.app);
    else if (ADVANCING.has(after.condition)) this.#advance(after.app);
  }

  #add(app: App): void {
    const version = configVersionOf(app);
    const former = this.#delays.get(app.id)?.get(version);
    former?.timer.cancel();
    const firstMs = app.backoffSeconds * 1000;
    const wantedMs = former === undefined ? firstMs : former.delayMs * app.backoffFactor;
    const delayMs = Math.min(wantedMs, app.maxLaunchDelaySeconds * 1000);
    if (delayMs <= 0) {
      this.#remove(app);
      return;
    }
    const deadlineMs = this.#clock.monotonicMs() + delayMs;
    const delay: Delay = {
      app,
      delayMs,
      deadlineMs,
      untilMs: this.#clock.nowMs() + delayMs,
      // A full delay takes as long as forgiving does: that the app could not run meanwhile is not to its credit.
      referenceMs: deadlineMs,
      isOver: false,
      timer: this.#clock.setTimer(delayMs, () => this.#pass(delay)),
    };
    const versions = this.#delays.get(app.id);
    if (versions === undefined) this.#delays.set(app.id, new Map([[version, delay]]));
    else versions.set(version, delay);
    this.#tell(app.id);
  }

  /** The delay itself stays what it is; one that has passed does not begin again. */
  #advance(app: App): void {
    const delay = this.#delays.get(app.id)?.get(configVersionOf(app));
    if (delay !== undefined) delay.referenceMs = Math.max(delay.deadlineMs, this.#clock.monotonicMs());
  }

  #remove(app: App): void {
    const versions = this.#delays.get(app.id);
    const delay = versions?.get(configVersionOf(app));
    if (versions === undefined || delay === undefined) return;
    delay.timer.cancel();
    versions.delete(configVersionOf(app));
    if (versions.size === 0) this.#delays.delete(app.id);
    if (!delay.isOver) this.#tell(app.id);
  }

  #pass(delay: Delay): void {
    delay.isOver = true;
    this.#forgiveLater(delay);
    this.#tell(delay.app.id);
  }

  /** marathon.md 14: forgiven when now > reference + maxLaunchDelay. */
  #forgiveLater(delay: Delay): void {
    const dueMs = delay.referenceMs + delay.app.maxLaunchDelaySeconds * 1000 - this.#clock.monotonicMs();
    if (dueMs < 0) this.#remove(delay.app);
    else delay.timer = this.#clock.setTimer(dueMs + 1, () => this.#forgiveLater(delay));
  }

  #tell(appId: PathId): void {
    for (const fn of this.#listeners) fn(appId);
  }
}

/** It ended because its agent is to be emptied, not through any fault of its own. */
function wasDrained({ condition, task }: Instance): boolean {
  if (condition !== 'Killed' && condition !== 'Gone') return false;
  const status: TaskStatus | undefined = task?.status;
  return status?.reason === 'REASON_AGENT_DRAINING';
}
