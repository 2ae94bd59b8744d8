// One job of a framework: which of its tasks wait, have a place, have finished, and which of them may run where.
import { draw, drawCount } from '../draw.ts';
import type { TaskKind } from './task-kind.ts';

/** Of one job; a slip of a zero must not fill the memory. */
const MAX_TASKS = 1_000_000;

/** A task that has a place. */
export interface Place {
  readonly job: JobRun;
  readonly task: number;
  readonly agent: number;
  readonly isLocal: boolean;
}

/** Why nothing of it goes to this agent now, or what does. */
export type Taken =
  | { readonly kind: 'task'; readonly task: number; readonly isLocal: boolean }
  | { readonly kind: 'nothing' }
  /** It would rather wait for an agent with the data, so long at most. */
  | { readonly kind: 'waits'; readonly forMs: number };

const NOTHING: Taken = { kind: 'nothing' };

export class JobRun {
  readonly kind: TaskKind;
  /** Of its framework, in order of arrival. */
  readonly number: number;
  readonly arrivedMs: number;
  readonly taskCount: number;
  readonly #durationsMs: Float64Array;
  /** `replicas` agents of each task. */
  readonly #homes: Int32Array;
  readonly #tasksAt = new Map<number, number[]>();
  readonly #isTaken: Uint8Array;
  #next = 0;
  /** Had a place, and lost it before they started. */
  #returned: number[] = [];
  /** Tasks without a place. */
  pending: number;
  /** Tasks with one. */
  placed = 0;
  finished = 0;
  /** Have started so far. */
  #begun = 0;
  /** When places became free again, for jobs that may have only so many. */
  readonly #freedMs: number[] = [];
  /** Since when agents are refused for want of data. */
  #refusingSinceMs: number | undefined;
  #restsUntilMs = 0;
  /** Placed tasks that wait until there are enough of them. */
  held: Place[] = [];
  isStarted: boolean;
  /** Grows whenever held places are given up. */
  attempt = 0;

  /** Everything that chance says of it is drawn here, so that it is the same whoever decides where it runs. */
  constructor(kind: TaskKind, number: number, arrivedMs: number, random: () => number, agentCount: number) {
    this.kind = kind;
    this.number = number;
    this.arrivedMs = arrivedMs;
    this.taskCount = drawCount(kind.spec.tasks, random, MAX_TASKS);
    this.pending = this.taskCount;
    this.#durationsMs = new Float64Array(this.taskCount);
    this.#homes = new Int32Array(this.taskCount * kind.replicas);
    this.#isTaken = new Uint8Array(this.taskCount);
    for (let task = 0; task < this.taskCount; task++) {
      this.#durationsMs[task] = draw(kind.spec.duration, random);
      for (let replica = 0; replica < kind.replicas; replica++) {
        this.#homes[task * kind.replicas + replica] = Math.floor(random() * agentCount);
      }
    }
    // The last one is on top of the stack: the first tasks go first.
    for (let task = this.taskCount - 1; task >= 0; task--) this.#listAtHomes(task);
    this.isStarted = this.#needed <= 1;
  }

  get isOpen(): boolean {
    return this.pending > 0 && this.placed < this.kind.spec.maxParallel;
  }

  get isFinished(): boolean {
    return this.finished === this.taskCount;
  }

  /** Places that it needs to start. */
  get #needed(): number {
    return Math.min(this.kind.spec.minParallel, this.taskCount);
  }

  get hasEnough(): boolean {
    return this.held.length >= this.#needed;
  }

  /** Agents with the data of tasks that have no place. */
  homes(): Iterable<number> {
    return this.#tasksAt.keys();
  }

  /** A task for a place on the agent. The resources are there. */
  take(agent: number, nowMs: number): Taken {
    if (!this.isOpen) return NOTHING;
    if (nowMs < this.#restsUntilMs) return { kind: 'waits', forMs: this.#restsUntilMs - nowMs };
    const { prefers } = this.kind.spec;
    if (prefers === undefined) return this.#place(this.#anyTask(), true);
    const isGoodForAll = this.kind.preferred?.has(agent) ?? false;
    const local = isGoodForAll ? this.#anyTask() : this.#taskAt(agent);
    if (local !== undefined) {
      this.#refusingSinceMs = undefined;
      return this.#place(local, true);
    }
    this.#refusingSinceMs ??= nowMs;
    const leftMs = this.#refusingSinceMs + this.kind.waitMs - nowMs;
    return leftMs > 0 ? { kind: 'waits', forMs: leftMs } : this.#place(this.#anyTask(), false);
  }

  /** How long the task runs there. */
  durationMs({ task, isLocal }: Place): number {
    const slowdown = isLocal ? 1 : (this.kind.spec.prefers?.slowdown ?? 1);
    return (this.#durationsMs[task] ?? 0) * slowdown;
  }

  /** The next task starts; answers since when it could have, in ms. */
  begin(): number {
    const ordinal = this.#begun++;
    const { maxParallel } = this.kind.spec;
    return ordinal < maxParallel ? this.arrivedMs : (this.#freedMs[ordinal - maxParallel] ?? this.arrivedMs);
  }

  finish(nowMs: number): void {
    this.placed -= 1;
    this.finished += 1;
    if (this.kind.spec.maxParallel < this.taskCount) this.#freedMs.push(nowMs);
  }

  /** Its held places are nobody's again; answers them. Until then it takes none, so that others have their turn. */
  giveUp(untilMs: number): Place[] {
    const { held } = this;
    this.#restsUntilMs = untilMs;
    this.held = [];
    this.attempt += 1;
    for (const { task } of held) {
      this.#isTaken[task] = 0;
      this.#returned.push(task);
      this.#listAtHomes(task);
    }
    this.placed -= held.length;
    this.pending += held.length;
    return held;
  }

  #place(task: number | undefined, isLocal: boolean): Taken {
    if (task === undefined) return NOTHING;
    this.#isTaken[task] = 1;
    this.pending -= 1;
    this.placed += 1;
    if (!this.isOpen) this.#refusingSinceMs = undefined;
    return { kind: 'task', task, isLocal };
  }

  #anyTask(): number | undefined {
    for (;;) {
      const returned = this.#returned.pop();
      if (returned === undefined) break;
      if (this.#isTaken[returned] === 0) return returned;
    }
    while (this.#next < this.taskCount && this.#isTaken[this.#next] === 1) this.#next += 1;
    return this.#next < this.taskCount ? this.#next : undefined;
  }

  #taskAt(agent: number): number | undefined {
    const tasks = this.#tasksAt.get(agent);
    for (let task = tasks?.pop(); task !== undefined; task = tasks?.pop()) {
      if (this.#isTaken[task] === 0) return task;
    }
    if (tasks !== undefined) this.#tasksAt.delete(agent);
    return undefined;
  }

  #listAtHomes(task: number): void {
    const { replicas } = this.kind;
    for (let replica = 0; replica < replicas; replica++) {
      const agent = this.#homes[task * replicas + replica] ?? 0;
      const tasks = this.#tasksAt.get(agent);
      if (tasks === undefined) this.#tasksAt.set(agent, [task]);
      else tasks.push(task);
    }
  }
}
