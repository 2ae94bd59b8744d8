// Stops commands: SIGTERM, and SIGKILL to the whole tree when the grace is over (mesos-semantics.md 9.1). That a task is
// being killed is durable before it is signalled, so that its end is taken for what it is also by a later agent.
import type { World } from '../../../world/world.ts';
import type { Background } from '../background.ts';
import type { Journal } from '../checkpoint/journal.ts';
import type { Containerizer } from '../containers/containerizer.ts';
import type { AgentCounters } from '../metrics/counters.ts';
import type { KillCause, TaskRun } from './task-run.ts';

/** A container that could not be destroyed is tried again. */
const DESTROY_RETRY_MS = 10_000;

export interface KillerOptions {
  readonly world: World;
  readonly containerizer: Containerizer;
  readonly journal: Pick<Journal, 'append'>;
  readonly counters: AgentCounters;
  readonly background: Background;
}

/** A kill begins once for a run; later ones can only make it end sooner. */
export class Killer {
  readonly #options: KillerOptions;

  constructor(options: KillerOptions) {
    this.#options = options;
  }

  /**
   * Begins to stop a running command, or shortens the grace of one that is being stopped. True when this began it.
   */
  kill(run: TaskRun, cause: KillCause, graceMs: number): boolean {
    const { world, background, journal } = this.#options;
    const deadlineMs = world.clock.nowMs() + graceMs;
    if (run.kill !== undefined) {
      if (deadlineMs < run.kill.deadlineMs) {
        run.kill.deadlineMs = deadlineMs;
        this.#arm(run);
      }
      return false;
    }
    run.kill = { cause, deadlineMs, timer: undefined };
    background.run('kill', async () => {
      const entry = { kind: 'kill', containerId: run.runId, cause, deadlineMs } as const;
      if (run.isCheckpointed) await journal.append(entry);
      if (run.phase !== 'running') return;
      this.#arm(run);
      await this.#options.containerizer.signal(run.containerId, 'SIGTERM');
    });
    return true;
  }

  /** Goes on with a kill that an earlier agent began; it may have died before it could signal. */
  resume(run: TaskRun): void {
    const { background, containerizer } = this.#options;
    if (run.kill === undefined) return;
    this.#arm(run);
    background.run('kill', async () => {
      await containerizer.signal(run.containerId, 'SIGTERM');
    });
  }

  /** SIGKILL now. Harmless when the container is gone. */
  destroy(run: TaskRun): void {
    this.destroyContainer(run.containerId, () => run.phase === 'ended');
  }

  /** As `destroy`, for any container; tried again until `isGone`. */
  destroyContainer(containerId: string, isGone: () => boolean): void {
    destroyUntilGone(this.#options, containerId, isGone);
  }

  #arm(run: TaskRun): void {
    const { world } = this.#options;
    if (run.kill === undefined) return;
    run.kill.timer?.cancel();
    const delayMs = Math.max(0, run.kill.deadlineMs - world.clock.nowMs());
    run.kill.timer = world.clock.setTimer(delayMs, () => this.destroy(run));
  }
}

/** SIGKILL now; a container that could not be destroyed is tried again until `isGone`. */
export function destroyUntilGone(
  options: Pick<KillerOptions, 'world' | 'containerizer' | 'counters' | 'background'>,
  containerId: string,
  isGone: () => boolean,
): void {
  const { world, background, containerizer, counters } = options;
  background.run('destroy', async () => {
    try {
      await containerizer.destroy(containerId);
    } catch (error) {
      counters.increment('containerizer/mesos/container_destroy_errors');
      world.log.error('a container could not be destroyed, trying again', { containerId, error });
      world.clock.setTimer(DESTROY_RETRY_MS, () => {
        if (!isGone()) destroyUntilGone(options, containerId, isGone);
      });
    }
  });
}
