// Asks the master what became of our tasks (chronos.md 13.9, 13.10): right after every subscription, when nothing is launched before the
// answers are there, and at intervals. First of each task we know of, then of all that the master knows of. The answers are ordinary
// status updates.
import type { Timer } from '../../../world/world.ts';
import type { ChronosCore, MesosLink } from '../core.ts';
import type { RunBook } from '../runs/run-book.ts';

/** Tasks asked for with one call. */
const CHUNK_TASKS = 1_000;
/** What nothing was heard of by then may take as long as it likes: its job waits for it, the others do not. */
const LAUNCH_ANYWAY_MS = 30_000;
/** While answers are missing. */
const ASK_AGAIN = { firstMs: 2_000, maxMs: 60_000 } as const;
/** Launches that nothing was heard of are asked for so often. */
const SILENT_LAUNCHES_MS = 10_000;

type Asked = ReturnType<RunBook['tasks']>;

type Parts = Pick<ChronosCore, 'world' | 'log'> & {
  readonly mesos: Pick<MesosLink, 'calls' | 'isSubscribed'>;
  readonly runs: Pick<RunBook, 'tasks' | 'silentLaunches' | 'isReconciled' | 'reconciled'>;
  readonly options: { readonly reconciliationIntervalSeconds: number };
};

/** Asks nothing before `connected`. */
export class Reconciliation {
  readonly #parts: Parts;
  #timers: Timer[] = [];
  #limit: Timer | undefined;
  #again: Timer | undefined;
  #pauseMs: number = ASK_AGAIN.firstMs;
  /** Grows with each round; an older one that still asks gives way. */
  #round = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    const { world, options, runs } = this.#parts;
    this.#timers = [
      world.clock.every(options.reconciliationIntervalSeconds * 1000, () => void this.#askAll()),
      world.clock.every(SILENT_LAUNCHES_MS, () => void this.#askFor(runs.silentLaunches(), this.#round)),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.disconnected();
  }

  /** Subscribed (again). */
  connected(): void {
    const { world, log, runs } = this.#parts;
    this.#pauseMs = ASK_AGAIN.firstMs;
    void this.#askAll();
    if (runs.isReconciled) return;
    this.#limit = world.clock.setTimer(LAUNCH_ANYWAY_MS, () => {
      if (runs.isReconciled) return;
      log.warn('what became of some tasks is not known yet; their jobs wait, the others go on');
      runs.reconciled();
    });
    this.#askAgain();
  }

  disconnected(): void {
    this.#round += 1;
    this.#limit?.cancel();
    this.#again?.cancel();
  }

  async #askAll(): Promise<void> {
    const { mesos, runs } = this.#parts;
    this.#round += 1;
    const round = this.#round;
    if (await this.#askFor(runs.tasks(), round)) await mesos.calls.reconcile();
  }

  /** False when there is no point in going on. */
  async #askFor(tasks: Asked, round: number): Promise<boolean> {
    const { mesos, log } = this.#parts;
    if (!mesos.isSubscribed) return false;
    // None at all would ask for everything.
    for (let from = 0; from < tasks.length; from += CHUNK_TASKS) {
      const outcome = await mesos.calls.reconcile(tasks.slice(from, from + CHUNK_TASKS));
      if (!outcome.ok) log.debug('a reconciliation was not taken', { why: outcome.error.message });
      if (!outcome.ok || round !== this.#round) return false;
    }
    return mesos.isSubscribed;
  }

  /** A master that has just begun to lead says nothing of agents that are still to come. */
  #askAgain(): void {
    const { world, runs } = this.#parts;
    this.#again = world.clock.setTimer(this.#pauseMs, () => {
      if (runs.isReconciled) return;
      this.#pauseMs = Math.min(this.#pauseMs * 2, ASK_AGAIN.maxMs);
      void this.#askFor(runs.tasks(), this.#round);
      this.#askAgain();
    });
  }
}
