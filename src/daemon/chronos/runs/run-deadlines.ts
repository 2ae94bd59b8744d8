// When a run changes its state by itself: its epsilon is over while it waits, its next attempt is due, its agent was away for too long, or
// nobody reported its end. Times of the calendar go by the wall clock, whiles do not.
import type { Clock } from '../../../world/world.ts';
import type { ChronosCore, Unsubscribe } from '../core.ts';
import type { Job } from '../model/job.ts';
import type { Run, RunKey } from '../model/run.ts';
import { DueTimes } from '../scheduling/due-times.ts';
import { type LiveRuns, type RunChange, runId } from './live-runs.ts';

/** What it takes. */
export interface RunDeadlinesCore {
  readonly world: { readonly clock: Clock };
  readonly options: Pick<ChronosCore['options'], 'unreachableTimeoutMs'>;
  readonly live: LiveRuns;
  readonly jobOf: (run: Run) => Job | undefined;
}

const DAY_MS = 86_400_000;

/** Watches nothing before `start`. */
export class RunDeadlines {
  readonly #core: RunDeadlinesCore;
  readonly #onDue: (key: RunKey) => void;
  readonly #keys = new Map<string, RunKey>();
  readonly #wall: DueTimes<string>;
  readonly #whiles: DueTimes<string>;
  #unsubscribe: Unsubscribe | undefined;

  /** `onDue`: the time of that run is up; it changes the run, or asks for nothing more. */
  constructor(core: RunDeadlinesCore, onDue: (key: RunKey) => void) {
    this.#core = core;
    this.#onDue = onDue;
    this.#wall = new DueTimes(core.world.clock, 'wall', (id) => this.#due(id));
    this.#whiles = new DueTimes(core.world.clock, 'monotonic', (id) => this.#due(id));
  }

  start(): void {
    this.#unsubscribe = this.#core.live.onChange((change) => this.#changed(change));
    for (const run of this.#core.live.all()) this.#watch(run);
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#wall.clearAll();
    this.#whiles.clearAll();
    this.#keys.clear();
  }

  #changed({ before, after }: RunChange): void {
    if (before !== undefined) this.#clear(runId(before.key));
    if (after !== undefined) this.#watch(after);
  }

  #watch(run: Run): void {
    const id = runId(run.key);
    const limitMs = this.#lateAtMs(run);
    const leftMs = this.#leftMs(run);
    if (limitMs === undefined && leftMs === undefined) return;
    this.#keys.set(id, run.key);
    if (limitMs !== undefined) this.#wall.set(id, limitMs);
    else if (leftMs !== undefined) this.#whiles.set(id, this.#whiles.nowMs() + leftMs);
  }

  /** By the wall clock. */
  #lateAtMs(run: Run): number | undefined {
    const epsilonMs = epsilonOf(run, this.#core.jobOf(run));
    return run.state !== 'queued' || epsilonMs === undefined ? undefined : run.key.dueMs + epsilonMs + 1;
  }

  #leftMs(run: Run): number | undefined {
    const { clock } = this.#core.world;
    const nowMs = clock.nowMs();
    const left = (whileMs: number, sinceMs: number): number =>
      // A wall clock that was set back must not make it wait for longer.
      Math.min(whileMs, whileMs - (nowMs - sinceMs));
    switch (run.state) {
      case 'delayed':
        return run.notBeforeMs === undefined ? undefined : left(run.notBeforeMs - run.sinceMs, run.sinceMs);
      case 'unreachable':
        return left(this.#core.options.unreachableTimeoutMs, run.sinceMs);
      case 'reported':
        return left(reportWithinMs(this.#core.jobOf(run)), run.startedMs ?? run.sinceMs);
      default:
        return undefined;
    }
  }

  #clear(id: string): void {
    if (!this.#keys.delete(id)) return;
    this.#wall.clear(id);
    this.#whiles.clear(id);
  }

  #due(id: string): void {
    const key = this.#keys.get(id);
    this.#keys.delete(id);
    if (key !== undefined) this.#onDue(key);
  }
}

/** How late it may start; undefined: however late. It bounds neither retries nor runs that no calendar made (chronos.md 5.14). */
export function epsilonOf(run: Run, job: Job | undefined): number | undefined {
  return run.cause === 'schedule' && run.attempt === 0 ? job?.definition.epsilonMs : undefined;
}

/** chronos.md 5.9. */
function reportWithinMs(job: Job | undefined): number {
  const seconds = job?.definition.maxCompletionTimeSeconds ?? 0;
  return seconds > 0 ? seconds * 1000 : DAY_MS;
}
