// The runs that are not over, by job and by task, and their records `runs/<escaped name>/<generation>.<number>`.
import type { Log } from '../../../world/world.ts';
import type { Storage } from '../../serving/storage/storage.ts';
import type { Unsubscribe } from '../core.ts';
import { readRecord, safeName, writeRecord } from '../model/record.ts';
import type { Run, RunKey } from '../model/run.ts';

/** Where runs are in the store. */
export const RUNS = 'runs/';

/** What became of one; `after` undefined: it is over. */
export interface RunChange {
  readonly before: Run | undefined;
  readonly after: Run | undefined;
}

/** One text for one run, among all jobs and generations; also its key in the store. */
export const runId = ({ job, generation, number }: RunKey): string => `${RUNS}${safeName(job)}/${generation}.${number}`;

/** Mesos has a task of it, or may have. */
export function hasTask({ state }: Run): boolean {
  return state === 'launching' || state === 'staged' || state === 'running' || state === 'unreachable';
}

/** No other run of a job that is not `concurrent` may start beside it. */
export function isAlive(run: Run): boolean {
  return hasTask(run) || run.state === 'reported';
}

/** Empty until `load`. */
export class LiveRuns {
  readonly #core: { readonly storage: Storage; readonly log: Log };
  readonly #runs = new Map<string, Run>();
  readonly #ofJob = new Map<string, Map<string, Run>>();
  readonly #ofTask = new Map<string, Run>();
  readonly #readers = new Set<(change: RunChange) => void>();

  constructor(core: { readonly storage: Storage; readonly log: Log }) {
    this.#core = core;
  }

  /** Throws RecordError. */
  async load(): Promise<void> {
    const records = await this.#core.storage.read(RUNS);
    const runs = [...records].map(([key, text]) => readRecord<{ run: Run }>(key, text, 'run').run);
    runs.sort((a, b) => a.key.generation - b.key.generation || a.key.number - b.key.number);
    for (const run of runs) this.#keep(run);
  }

  get(key: RunKey): Run | undefined {
    return this.#runs.get(runId(key));
  }

  /** Oldest first; of all generations. */
  of(job: string): readonly Run[] {
    return [...(this.#ofJob.get(job)?.values() ?? [])];
  }

  byTaskId(taskId: string): Run | undefined {
    return this.#ofTask.get(taskId);
  }

  all(): Iterable<Run> {
    return this.#runs.values();
  }

  put(run: Run): void {
    const before = this.#runs.get(runId(run.key));
    void this.#core.storage.put(runId(run.key), writeRecord({ run }));
    this.#keep(run);
    this.#tell({ before, after: run });
  }

  remove(run: Run): void {
    const id = runId(run.key);
    const before = this.#runs.get(id);
    if (before === undefined) return;
    void this.#core.storage.remove(id);
    this.#runs.delete(id);
    this.#forgetTask(before);
    const ofJob = this.#ofJob.get(run.key.job);
    ofJob?.delete(id);
    if (ofJob?.size === 0) this.#ofJob.delete(run.key.job);
    this.#tell({ before, after: undefined });
  }

  onChange(listener: (change: RunChange) => void): Unsubscribe {
    this.#readers.add(listener);
    return () => this.#readers.delete(listener);
  }

  #keep(run: Run): void {
    const id = runId(run.key);
    const before = this.#runs.get(id);
    if (before !== undefined) this.#forgetTask(before);
    this.#runs.set(id, run);
    if (run.taskId !== undefined) this.#ofTask.set(run.taskId, run);
    const ofJob = this.#ofJob.get(run.key.job);
    if (ofJob === undefined) this.#ofJob.set(run.key.job, new Map([[id, run]]));
    else ofJob.set(id, run);
  }

  #forgetTask({ taskId }: Run): void {
    if (taskId !== undefined) this.#ofTask.delete(taskId);
  }

  #tell(change: RunChange): void {
    for (const reader of this.#readers) {
      try {
        reader(change);
      } catch (error) {
        const { key } = change.after ?? change.before ?? {};
        this.#core.log.error('what follows from a change of a run failed', { key, error });
      }
    }
  }
}
