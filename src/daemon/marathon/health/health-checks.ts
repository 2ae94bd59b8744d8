// The health of all tasks (marathon.md 17): follows the instances, has their checks probed while they run, takes in what
// agents report, and draws the conclusions: results, events, counts, and the end of tasks that failed too often. Each task
// is judged by the definition it was launched with, so checks of old versions go on while their instances live.
// The cost of a change or a probe does not depend on how many instances there are.
import type { Clock, World } from '../../../world/world.ts';
import type {
  EventBus,
  Health,
  HealthResult,
  InstanceChange,
  Instances,
  Kills,
  TaskFailure,
  Unsubscribe,
} from '../core.ts';
import type { MarathonOptions } from '../flags.ts';
import { type Instance, type InstanceId, isTerminal } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import { timestamp } from '../model/time.ts';
import { AppCounts, type HealthCounts } from './app-counts.ts';
import { ChecksInUse } from './checks-in-use.ts';
import { judge, type Outcome } from './judge.ts';
import { isProbed, type ProbedCheck, probe } from './probe.ts';
import { ProbeLoop } from './probe-loop.ts';
import { ProbeQueue } from './probe-queue.ts';
import { outcomeOfReport } from './reported.ts';
import { type CheckOfTask, TaskHealth } from './task-health.ts';

/** What health needs of the rest. `failures` keeps why an app's last task failed. */
export interface HealthParts {
  readonly world: Pick<World, 'clock' | 'net' | 'log'>;
  readonly options: Pick<MarathonOptions, 'maxConcurrentMarathonHealthChecks'>;
  readonly instances: Pick<Instances, 'all' | 'onChange'>;
  readonly events: EventBus;
  readonly kills: Pick<Kills, 'kill'>;
  readonly failures: { record(failure: TaskFailure): void };
}

/** The first probe comes after the interval, but no later than this. */
const LONGEST_FIRST_DELAY_MS = 5_000;

/** `start` after the instances were loaded, and before whoever reacts to health. */
export class HealthChecks implements Health {
  readonly #parts: HealthParts;
  readonly #clock: Clock;
  readonly #queue: ProbeQueue;
  readonly #tasks = new Map<InstanceId, TaskHealth>();
  readonly #counts = new AppCounts();
  readonly #checksInUse: ChecksInUse;
  readonly #readers = new Set<(id: InstanceId) => void>();
  #unsubscribe: Unsubscribe | undefined;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#clock = parts.world.clock;
    this.#queue = new ProbeQueue(parts.options.maxConcurrentMarathonHealthChecks);
    this.#checksInUse = new ChecksInUse(parts.events);
  }

  /** Begins with the instances there are: their health is not kept anywhere and is found out anew. */
  start(): void {
    const { instances } = this.#parts;
    for (const instance of instances.all()) this.#changed({ before: undefined, after: instance });
    this.#unsubscribe = instances.onChange((change) => this.#changed(change));
  }

  /** No probe begins any more; results stay as they are. */
  stop(): void {
    this.#unsubscribe?.();
    for (const task of this.#tasks.values()) pause(task);
  }

  results(id: InstanceId): readonly HealthResult[] {
    return this.#tasks.get(id)?.results ?? [];
  }

  healthOf(instance: Instance): boolean | undefined {
    const task = this.#tasks.get(instance.id);
    return task === undefined || task.taskId !== instance.task?.id ? undefined : task.health;
  }

  countsOf(appId: PathId): HealthCounts {
    return this.#counts.of(appId);
  }

  onChange(fn: (id: InstanceId) => void): Unsubscribe {
    // A wrapper of its own, so that one function may be registered twice.
    const reader = (id: InstanceId): void => fn(id);
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  #changed(change: InstanceChange): void {
    const { before, after } = change;
    this.#checksInUse.changed(change);
    const isHealthLost = before !== undefined && this.#dropIfOver(before.id, after);
    const task = after === undefined ? undefined : (this.#tasks.get(after.id) ?? this.#begin(after));
    if (after !== undefined && task !== undefined) {
      const reportBefore = task.instance === after ? undefined : task.instance.task?.status;
      task.instance = after;
      if (after.condition !== 'Running') pause(task);
      else if (task.runningSinceMs === undefined) this.#resume(task);
      if (after.task?.status !== reportBefore) this.#takeReport(task);
    }
    if (isHealthLost) this.#tell(before.id);
  }

  /** Results end with the incarnation. Whether a known health is lost with them. */
  #dropIfOver(id: InstanceId, after: Instance | undefined): boolean {
    const task = this.#tasks.get(id);
    if (task === undefined) return false;
    if (after !== undefined && after.task?.id === task.taskId && !isTerminal(after)) return false;
    pause(task);
    this.#tasks.delete(id);
    this.#counts.change(task.instance.app.id, task.mark, undefined);
    return task.health !== undefined;
  }

  #begin(instance: Instance): TaskHealth | undefined {
    const { app, condition } = instance;
    if (app.healthChecks.length === 0 || condition !== 'Running' || instance.task === undefined) return undefined;
    const task = new TaskHealth(instance, instance.task.id);
    this.#tasks.set(instance.id, task);
    return task;
  }

  #resume(task: TaskHealth): void {
    const { activeSinceMs, sinceMs } = task.instance;
    // `sinceMs` is renewed by a change of the reported health too, which matters when the task ran before we knew it.
    const sinceWallMs = task.hasRun ? sinceMs : (activeSinceMs ?? sinceMs);
    task.hasRun = true;
    task.runningSinceMs = this.#clock.monotonicMs() - Math.max(0, this.#clock.nowMs() - sinceWallMs);
    for (const slot of task.checks) {
      if (isProbed(slot.check)) slot.loop = this.#loop(task, slot, slot.check);
    }
  }

  #loop(task: TaskHealth, slot: CheckOfTask, check: ProbedCheck): ProbeLoop<Outcome> {
    const intervalMs = check.intervalSeconds * 1000;
    return new ProbeLoop({
      clock: this.#clock,
      queue: this.#queue,
      turn: task.instance.app.id,
      firstDelayMs: Math.min(intervalMs, LONGEST_FIRST_DELAY_MS),
      intervalMs,
      probe: () => probe(this.#parts.world, task.instance, check),
      onOutcome: (outcome) => this.#take(task, slot, outcome),
    });
  }

  #takeReport(task: TaskHealth): void {
    const status = task.instance.task?.status;
    if (status === undefined) return;
    for (const slot of task.checks) {
      if (!isProbed(slot.check)) this.#take(task, slot, outcomeOfReport(status, slot.result?.alive));
      // Whoever was told may have ended it.
      if (!this.#isKnown(task)) return;
    }
  }

  #take(task: TaskHealth, slot: CheckOfTask, outcome: Outcome): void {
    const { instance, runningSinceMs } = task;
    const runningForMs = runningSinceMs === undefined ? undefined : this.#clock.monotonicMs() - runningSinceMs;
    const judgement = judge(slot.result, slot.check, outcome, { nowMs: this.#clock.nowMs(), runningForMs });
    if (judgement.result === slot.result) return;
    const { mark, health } = task;
    slot.result = judgement.result;
    this.#counts.change(instance.app.id, mark, task.mark);
    const { events } = this.#parts;
    if (judgement.isCountedFailure) {
      events.publish({ type: 'failed_health_check_event', instance, healthCheck: slot.check });
    }
    if (judgement.isFlipped) {
      events.publish({ type: 'health_status_changed_event', instance, alive: judgement.result?.alive === true });
    }
    if (task.health !== health) {
      events.publish({ type: 'instance_health_changed_event', instance, healthy: task.health });
      this.#tell(instance.id);
    }
    if (judgement.mustDie) this.#condemn(task, slot.result?.lastFailureCause ?? '');
  }

  #condemn(task: TaskHealth, reason: string): void {
    const { instance } = task;
    if (task.isCondemned || !this.#isKnown(task)) return;
    task.isCondemned = true;
    const { events, failures, kills, world } = this.#parts;
    world.log.info('a task fails its health checks and is killed', { task: task.taskId, reason });
    events.publish({ type: 'unhealthy_instance_kill_event', instance, reason });
    failures.record({
      appId: instance.app.id,
      taskId: task.taskId,
      state: 'TASK_KILLED',
      message: `Task was killed since health check failed. Reason: ${reason}`,
      host: instance.agent?.host ?? '',
      ...(instance.agent !== undefined && { slaveId: instance.agent.id }),
      version: instance.app.version,
      timestamp: timestamp(this.#clock.nowMs()),
    });
    void kills.kill([instance.id], 'unhealthy');
  }

  #isKnown(task: TaskHealth): boolean {
    return this.#tasks.get(task.instance.id) === task;
  }

  #tell(id: InstanceId): void {
    for (const reader of [...this.#readers]) reader(id);
  }
}

function pause(task: TaskHealth): void {
  task.runningSinceMs = undefined;
  for (const slot of task.checks) {
    slot.loop?.stop();
    slot.loop = undefined;
  }
}
