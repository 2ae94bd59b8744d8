// Kills of tasks (marathon.md 16.6): at most so many unanswered at a time, each sent again until its task has ended, and
// none while there is no master. A kill that was sent is no success; only the end of the task is.
import type { InstanceChange, KillReason, Kills, MarathonCore, MesosLink, Unsubscribe } from '../core.ts';
import { type Goal, type Instance, type InstanceId, isActive, isTerminal, isUnreachable } from '../model/instance.ts';
import { Deadlines } from './deadlines.ts';

/** What it takes. */
export type KillsCore = Pick<MarathonCore, 'world' | 'log' | 'storage' | 'instances'> & {
  readonly mesos: Pick<MesosLink, 'calls' | 'isSubscribed'>;
  readonly options: Pick<MarathonCore['options'], 'killChunkSize' | 'killRetryTimeoutMs'>;
};

/** One task that is to end. There is never a second kill for the same task. */
interface Kill {
  readonly taskId: string;
  /** Undefined: nobody knows an instance of it. */
  readonly instanceId: InstanceId | undefined;
  readonly agentId: string | undefined;
  /** Sent so often. */
  attempts: number;
  readonly done: Promise<void>;
  readonly resolve: () => void;
}

/** Tasks of nobody's that are remembered to be killed; beyond it they are killed when a reconciliation finds them again. */
const MAX_STRAY_KILLS = 100_000;

/** Kills asked for before `connected` are sent then. */
export class TaskKills implements Kills {
  readonly #core: KillsCore;
  readonly #kills = new Map<string, Kill>();
  /** Not sent yet, or not answered in time: those that wait longest first. */
  readonly #waiting = new Set<Kill>();
  /** Sent and not answered; after the retry time they wait again, so that deaf agents do not hold up the others. */
  readonly #unanswered: Deadlines<Kill>;
  #attempts = 0;
  #strays = 0;
  #isStopped = false;
  #unsubscribe: Unsubscribe | undefined;

  constructor(core: KillsCore) {
    this.#core = core;
    this.#unanswered = new Deadlines(core.world.clock, (kill) => this.#again(kill));
  }

  /** Once the instances are loaded: those that were told to end and have a task yet are killed again. */
  start(): void {
    const { instances } = this.#core;
    this.#unsubscribe = instances.onChange((change) => this.#changed(change));
    for (const { id, goal } of [...instances.all()]) if (goal !== 'Running') void this.kill([id], 'stop');
  }

  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe?.();
    this.#unanswered.clearAll();
    this.#waiting.clear();
  }

  /** Subscribed (again). */
  connected(): void {
    this.#pump();
  }

  /** Whatever was sent may be lost. */
  disconnected(): void {
    this.#unanswered.clearAll();
    for (const kill of this.#kills.values()) if (kill.attempts > 0) this.#waiting.add(kill);
  }

  get inFlight(): { readonly tasks: number; readonly attempts: number } {
    return { tasks: this.#kills.size, attempts: this.#attempts };
  }

  async kill(ids: readonly InstanceId[], reason: KillReason, goal?: Exclude<Goal, 'Running'>): Promise<void> {
    const ends: Promise<void>[] = [];
    for (const id of ids) {
      if (goal !== undefined) this.#core.instances.setGoal(id, goal);
      const end = this.#killInstance(id, reason);
      if (end !== undefined) ends.push(end);
    }
    await Promise.all(ends);
  }

  killTask(taskId: string, agentId: string | undefined, reason: KillReason): void {
    if (this.#strays >= MAX_STRAY_KILLS && !this.#kills.has(taskId)) {
      this.#core.log.warn('too many tasks of nobody to kill; this one is left for later', { taskId });
      return;
    }
    void this.#add(taskId, undefined, agentId, reason);
  }

  /** A task that no instance has now has ended, or cannot be killed: it will be heard of again if it comes back. */
  ended(taskId: string): void {
    const kill = this.#kills.get(taskId);
    if (kill !== undefined) this.#finish(kill);
  }

  #killInstance(id: InstanceId, reason: KillReason): Promise<void> | undefined {
    const instance = this.#core.instances.get(id);
    if (instance === undefined) return undefined;
    if (isUnreachable(instance)) {
      this.#giveUp(instance);
      return undefined;
    }
    if (!isActive(instance) || instance.task === undefined) return undefined;
    return this.#add(instance.task.id, id, instance.agent?.id, reason);
  }

  /** Its task cannot be killed. Were it kept, nothing could replace it; should the task come back, it is killed then. */
  #giveUp({ id, goal, task }: Instance): void {
    if (goal === 'Stopped') return;
    const { instances, log } = this.#core;
    log.info('an unreachable instance cannot be killed and is expunged', { instanceId: id, taskId: task?.id });
    instances.setGoal(id, 'Decommissioned');
    instances.expunge(id);
  }

  #add(
    taskId: string,
    instanceId: InstanceId | undefined,
    agentId: string | undefined,
    reason: KillReason,
  ): Promise<void> {
    const present = this.#kills.get(taskId);
    if (present !== undefined) return present.done;
    this.#core.log.info('kills a task', { taskId, reason });
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const kill: Kill = { taskId, instanceId, agentId, attempts: 0, done, resolve };
    this.#kills.set(taskId, kill);
    if (instanceId === undefined) this.#strays += 1;
    void this.#sendWhenDurable(kill);
    return done;
  }

  /** What was decided before comes first: goals that the kill is for, and launches that it undoes. */
  async #sendWhenDurable(kill: Kill): Promise<void> {
    await this.#core.storage.flushed();
    if (this.#isStopped || this.#kills.get(kill.taskId) !== kill) return;
    this.#waiting.add(kill);
    this.#pump();
  }

  #finish(kill: Kill): void {
    this.#kills.delete(kill.taskId);
    this.#waiting.delete(kill);
    this.#unanswered.clear(kill);
    this.#attempts -= kill.attempts;
    if (kill.instanceId === undefined) this.#strays -= 1;
    kill.resolve();
    this.#pump();
  }

  #changed({ before, after }: InstanceChange): void {
    const taskId = before?.task?.id;
    const kill = taskId === undefined ? undefined : this.#kills.get(taskId);
    // A stray task may belong to an instance that has given it up: what becomes of that says nothing.
    if (kill?.instanceId === undefined) return;
    if (after === undefined || after.task?.id !== taskId || isTerminal(after) || !hasTask(after)) this.#finish(kill);
    else if (isUnreachable(after)) {
      this.#finish(kill);
      this.#giveUp(after);
    }
  }

  #again(kill: Kill): void {
    this.#waiting.add(kill);
    this.#pump();
  }

  /** Sends as many as may be unanswered. */
  #pump(): void {
    const { mesos, options } = this.#core;
    if (!mesos.isSubscribed) return;
    for (const kill of this.#waiting) {
      if (this.#unanswered.size >= options.killChunkSize) return;
      this.#waiting.delete(kill);
      kill.attempts += 1;
      this.#attempts += 1;
      this.#unanswered.set(kill, options.killRetryTimeoutMs);
      void this.#send(kill);
    }
  }

  async #send({ taskId, agentId, attempts }: Kill): Promise<void> {
    const outcome = await this.#core.mesos.calls.kill(taskId, agentId);
    // Whatever the reason, it is sent again when its time is up.
    if (!outcome.ok) this.#core.log.warn('a kill was not taken', { taskId, attempts, why: outcome.error.message });
  }
}

/** `Scheduled` keeps only the number of a task that was never launched. */
const hasTask = ({ condition }: Instance): boolean => condition !== 'Scheduled';
