// The runs that wait for offers, in the order in which offers are tried (chronos.md 4.1.5, 4.5), and why they wait. The order is all there is
// here: what is queued is what the book of runs says.
import type { Clock } from '../../../world/world.ts';
import type { Queue, Unsubscribe } from '../core.ts';
import type { Run } from '../model/run.ts';
import { type RunChange, runId } from '../runs/live-runs.ts';
import type { RunBook } from '../runs/run-book.ts';

/** What it takes. */
export interface RunQueueCore {
  readonly world: { readonly clock: Clock };
  readonly runs: RunBook;
}

/** What the last round of offers said of a job's run. */
export interface Trial {
  /** In plain words. */
  readonly why: string;
  /** No agent that was ever offered could take it, even if nothing else ran there. */
  readonly isUnplaceable: boolean;
}

/** So many of high priority are tried before one of the others is (chronos.md 4.1.5). */
const HIGH_IN_A_ROW = 10;
/** Who waits for so long takes turns with those of high priority. */
const PATIENCE_MS = 60_000;

/** Empty until `start`. */
export class RunQueue implements Queue {
  readonly #core: RunQueueCore;
  /** In order of arrival, by id of run. */
  readonly #high = new Map<string, Run>();
  readonly #normal = new Map<string, Run>();
  readonly #trials = new Map<string, Trial>();
  readonly #unplaceable = new Map<string, string>();
  readonly #readers = new Set<() => void>();
  readonly #subscriptions: Unsubscribe[] = [];
  /** Launched since one of normal priority was. */
  #highInARow = 0;

  constructor(core: RunQueueCore) {
    this.#core = core;
  }

  /** Once the runs are loaded. */
  start(): void {
    const { runs } = this.#core;
    const queued = [...runs.alive()].filter(({ state }) => state === 'queued');
    for (const run of queued.sort((a, b) => a.queuedMs - b.queuedMs)) this.#add(run);
    this.#subscriptions.push(
      runs.onChange((change) => this.#changed(change)),
      runs.onHeard(() => {
        if (runs.isReconciled) this.#tell();
      }),
    );
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
  }

  get lengths(): { readonly high: number; readonly normal: number } {
    return { high: this.#high.size, normal: this.#normal.size };
  }

  *waiting(): Iterable<Run> {
    const { runs, world } = this.#core;
    if (!runs.isReconciled) return;
    // Those that are there now: what is queued meanwhile comes with the next round.
    const [high, normal] = [this.#high.values(), this.#normal.values()];
    let left = this.#high.size + this.#normal.size;
    let [nextHigh, nextNormal] = [high.next(), normal.next()];
    let inARow = this.#highInARow;
    for (; left > 0; left -= 1) {
      const first = nextNormal.value;
      const isPatient = first === undefined || world.clock.nowMs() - first.queuedMs < PATIENCE_MS;
      const takesHigh =
        nextHigh.value !== undefined && (first === undefined || inARow < (isPatient ? HIGH_IN_A_ROW : 1));
      const run = takesHigh ? nextHigh.value : first;
      inARow = takesHigh ? inARow + 1 : 0;
      if (takesHigh) nextHigh = high.next();
      else nextNormal = normal.next();
      if (run !== undefined && runs.mayLaunch(run)) yield run;
    }
  }

  unplaceable(): ReadonlyMap<string, string> {
    return this.#unplaceable;
  }

  why(job: string): string | undefined {
    const { runs } = this.#core;
    const queued = runs.of(job).find(({ state }) => state === 'queued');
    if (queued === undefined) return undefined;
    if (!runs.isReconciled) return 'Mesos has not said yet what runs from the time before the last start of Chronos';
    if (!runs.mayLaunch(queued)) return 'another task of the job is alive';
    return this.#trials.get(job)?.why ?? 'no offer has come since it was queued';
  }

  /** What a round of offers said of a run that it could not place. */
  tried(job: string, trial: Trial): void {
    this.#trials.set(job, trial);
    if (trial.isUnplaceable) this.#unplaceable.set(job, trial.why);
    else this.#unplaceable.delete(job);
  }

  onChange(listener: () => void): Unsubscribe {
    this.#readers.add(listener);
    return () => this.#readers.delete(listener);
  }

  #changed({ before, after }: RunChange): void {
    const wasQueued = before?.state === 'queued';
    const isQueued = after?.state === 'queued';
    if (!wasQueued && !isQueued) {
      // Its end may be what a queued one of its job waited for.
      if (after === undefined && before !== undefined && this.#hasQueued(before.key.job)) this.#tell();
      return;
    }
    if (wasQueued && before !== undefined && !isQueued) {
      this.#remove(before);
      if (after?.state === 'launching') this.#highInARow = before.isHighPriority ? this.#highInARow + 1 : 0;
    }
    if (isQueued && after !== undefined) this.#add(after);
    this.#tell();
  }

  #add(run: Run): void {
    (run.isHighPriority ? this.#high : this.#normal).set(runId(run.key), run);
  }

  #remove(run: Run): void {
    (run.isHighPriority ? this.#high : this.#normal).delete(runId(run.key));
    if (this.#hasQueued(run.key.job)) return;
    this.#trials.delete(run.key.job);
    this.#unplaceable.delete(run.key.job);
  }

  #hasQueued(job: string): boolean {
    return this.#core.runs.of(job).some(({ state }) => state === 'queued');
  }

  #tell(): void {
    for (const reader of this.#readers) reader();
  }
}
