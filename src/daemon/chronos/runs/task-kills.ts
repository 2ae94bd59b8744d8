// Kills of tasks (chronos.md 5.18, 7.8): each is sent when what it follows from is durable, and again until its task has ended. A kill
// that was sent is no success; only the end of the task is.
import type { Clock, Log, Timer } from '../../../world/world.ts';
import type { Storage } from '../../serving/storage/storage.ts';
import type { MesosLink } from '../core.ts';

/** What it takes. */
export interface TaskKillsCore {
  readonly log: Log;
  readonly storage: Pick<Storage, 'flushed'>;
  readonly world: { readonly clock: Clock };
  readonly mesos: Pick<MesosLink, 'calls'>;
}

const AGAIN_MS = 5_000;

/** Kills asked for while there is no master are sent when there is one. */
export class TaskKills {
  readonly #core: TaskKillsCore;
  /** Agent of each task that is to end. */
  readonly #kills = new Map<string, string | undefined>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(core: TaskKillsCore) {
    this.#core = core;
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#kills.clear();
  }

  /** Until `ended`. */
  kill(taskId: string, agentId: string | undefined): void {
    if (this.#kills.has(taskId)) return;
    this.#kills.set(taskId, agentId);
    void this.#sendWhenDurable(taskId);
    this.#timer ??= this.#core.world.clock.every(AGAIN_MS, () => this.connected());
  }

  /** Of nobody's task: once, as it is told of again when it still runs. */
  killStray(taskId: string, agentId: string | undefined): void {
    this.#core.log.warn('a task runs that no run waits for; it is killed', { taskId });
    void this.#send(taskId, agentId);
  }

  ended(taskId: string): void {
    this.#kills.delete(taskId);
    if (this.#kills.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Subscribed (again): whatever was sent may be lost. */
  connected(): void {
    for (const [taskId, agentId] of this.#kills) void this.#send(taskId, agentId);
  }

  async #sendWhenDurable(taskId: string): Promise<void> {
    await this.#core.storage.flushed();
    if (!this.#isStopped && this.#kills.has(taskId)) await this.#send(taskId, this.#kills.get(taskId));
  }

  async #send(taskId: string, agentId: string | undefined): Promise<void> {
    const outcome = await this.#core.mesos.calls?.kill(taskId, agentId);
    if (outcome?.ok === false) this.#core.log.debug('a kill was not taken', { taskId, why: outcome.error.message });
  }
}
