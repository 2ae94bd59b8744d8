// The book of all jobs (chronos.md 6, 7): the only writer of their records. A change is in memory at once, written in the same turn, and
// told to everyone in order.
import type { World } from '../../../world/world.ts';
import { CalendarError } from '../calendar/calendar-error.ts';
import { parseSchedule, type Schedule, withMoreRuns } from '../calendar/schedule.ts';
import type { ChronosCore, Jobs, Unsubscribe } from '../core.ts';
import type { Job, JobDefinition, ScheduledWhen } from '../model/job.ts';
import { cycleOf, Refusal, unknownJob, unknownParents } from '../refusals.ts';
import { JobGraph } from './graph.ts';
import { JOBS, jobKey, readJob, writeJob } from './job-record.ts';
import { withoutParent } from './relink.ts';

/** What the book takes. */
export type JobBookCore = Pick<ChronosCore, 'log' | 'storage'> & { readonly world: Pick<World, 'clock'> };

type Change = Parameters<Parameters<Jobs['onChange']>[0]>[0];

/** What a stored value holds, less room for what grows beside the definition. */
const MAX_RECORD_BYTES = 200_000;

/** Empty until `load`. */
export class JobBook implements Jobs {
  readonly #core: JobBookCore;
  readonly #jobs = new Map<string, Job>();
  readonly #graph = new JobGraph();
  readonly #schedules = new Map<string, Schedule>();
  readonly #readers = new Set<(change: Change) => void>();
  readonly #untold: Change[] = [];
  #sorted: readonly string[] | undefined;
  #lastGeneration = 0;

  constructor(core: JobBookCore) {
    this.#core = core;
  }

  /** Reads what is stored, once. Jobs that cannot run as they are stored are disabled and logged. Throws RecordError. */
  async load(): Promise<void> {
    for (const [key, text] of await this.#core.storage.read(JOBS)) {
      const job = readJob(key, text);
      this.#lastGeneration = Math.max(this.#lastGeneration, job.generation);
      this.#keep(job);
    }
    const { log } = this.#core;
    // Only now all names are known (chronos.md 6.11).
    for (const name of this.#graph.onCycles()) this.#disableBroken(name, 'it depends on itself, by way of others');
    for (const job of this.#jobs.values()) {
      const { name, when } = job.definition;
      if (when.kind === 'scheduled') {
        this.#readSchedule(job);
        continue;
      }
      const missing = when.parents.filter((parent) => !this.#jobs.has(parent));
      if (missing.length > 0) log.warn('a job depends on jobs that are not there', { job: name, missing });
    }
  }

  get(name: string): Job | undefined {
    return this.#jobs.get(name);
  }

  *all(): Iterable<Job> {
    this.#sorted ??= [...this.#jobs.keys()].sort();
    for (const name of this.#sorted) {
      const job = this.#jobs.get(name);
      if (job !== undefined) yield job;
    }
  }

  get count(): number {
    return this.#jobs.size;
  }

  children(name: string): readonly string[] {
    return this.#graph.children(name);
  }

  /** Of a scheduled job; undefined for others, and where what is stored cannot be read. */
  schedule(name: string): Schedule | undefined {
    return this.#schedules.get(name);
  }

  put(definition: JobDefinition, { isDisabled, counters }: Parameters<Jobs['put']>[1]): Job {
    const job = { ...this.#made(definition), ...counters, isDisabled };
    this.#lastGeneration = Math.max(this.#lastGeneration, job.generation);
    this.write(job);
    return job;
  }

  check(definition: JobDefinition): void {
    this.#made(definition);
  }

  #made(definition: JobDefinition): Job {
    const before = this.#jobs.get(definition.name);
    const nowMs = this.#nowMs();
    const job =
      definition.when.kind === 'scheduled'
        ? this.#scheduled(definition, before, nowMs)
        : this.#dependent(definition, before, nowMs);
    if (Buffer.byteLength(writeJob(job), 'utf8') > MAX_RECORD_BYTES) {
      throw new Refusal('invalid', `job '${definition.name}' takes more than ${MAX_RECORD_BYTES} bytes`);
    }
    return job;
  }

  remove(name: string, children: 'relink' | 'refuse'): void {
    const job = this.#known(name);
    const names = this.children(name);
    if (children === 'refuse' && names.length > 0) {
      throw new Refusal('has-children', `job '${name}' has children: ${names.join(', ')}`);
    }
    for (const child of names) this.write(withoutParent(this.#known(child), job));
    void this.#core.storage.remove(jobKey(name));
    this.#jobs.delete(name);
    this.#graph.remove(name);
    this.#schedules.delete(name);
    this.#sorted = undefined;
    this.#tell({ name, job: undefined, before: job });
  }

  setDisabled(name: string, isDisabled: boolean): Job {
    const job = this.#known(name);
    if (job.isDisabled === isDisabled) return job;
    return this.write({ ...job, isDisabled });
  }

  /** A new value of a job: counters, its place in the series, or all of it. */
  write(job: Job): Job {
    const { name } = job.definition;
    const before = this.#jobs.get(name);
    void this.#core.storage.put(jobKey(name), writeJob(job));
    this.#keep(job);
    if (before?.definition.when !== job.definition.when || before.uncounted !== job.uncounted) this.#readSchedule(job);
    this.#tell({ name, job, before });
    return job;
  }

  onChange(listener: (change: Change) => void): Unsubscribe {
    this.#readers.add(listener);
    return () => this.#readers.delete(listener);
  }

  #scheduled(definition: JobDefinition, before: Job | undefined, nowMs: number): Job {
    const { when } = definition;
    if (when.kind !== 'scheduled') throw new Error(`${definition.name} is not a scheduled job`);
    const base = this.#base(definition, before, nowMs);
    const former = before?.definition.when;
    if (former?.kind === 'scheduled' && former.text === when.text && former.zoneId === when.zoneId) {
      // The same series goes on where it is (chronos.md 3.11).
      return { ...base, definition: { ...definition, when: former } };
    }
    return { ...withoutSeries(base), successesOf: {}, next: parsed(when, 0, nowMs).series.first() };
  }

  #dependent(definition: JobDefinition, before: Job | undefined, nowMs: number): Job {
    const { name, when } = definition;
    if (when.kind !== 'dependent') throw new Error(`${name} is not a dependent job`);
    if (when.parents.length === 0) throw new Refusal('invalid', `job '${name}' needs a parent at least`);
    const cycle = this.#graph.cycleWith(name, when.parents);
    if (cycle !== undefined) throw cycleOf(cycle);
    const missing = when.parents.filter((parent) => !this.#jobs.has(parent));
    if (missing.length > 0) throw unknownParents(name, missing);
    const base = this.#base(definition, before, nowMs);
    const former = before?.definition.when;
    const isSame = former?.kind === 'dependent' && former.parents.join('\n') === when.parents.join('\n');
    return { ...withoutSeries(base), next: undefined, successesOf: isSame ? base.successesOf : {} };
  }

  #base(definition: JobDefinition, before: Job | undefined, nowMs: number): Job {
    if (before !== undefined) return { ...before, definition, changedMs: nowMs };
    return {
      definition,
      generation: Math.max(nowMs, this.#lastGeneration + 1),
      runCount: 0,
      isDisabled: false,
      successCount: 0,
      errorCount: 0,
      errorsSinceLastSuccess: 0,
      lastSuccessMs: undefined,
      lastErrorMs: undefined,
      next: undefined,
      successesOf: {},
      changedMs: nowMs,
    };
  }

  #keep(job: Job): void {
    const { name, when } = job.definition;
    const before = this.#jobs.get(name);
    this.#jobs.set(name, job);
    if (before === undefined) this.#sorted = undefined;
    if (before?.definition.when !== when) this.#graph.set(name, when.kind === 'dependent' ? when.parents : []);
  }

  #readSchedule({ definition: { name, when }, uncounted = 0, changedMs }: Job): void {
    this.#schedules.delete(name);
    if (when.kind !== 'scheduled') return;
    try {
      this.#schedules.set(name, parsed(when, uncounted, changedMs));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#disableBroken(name, error.message);
    }
  }

  #disableBroken(name: string, why: string): void {
    this.#core.log.error('a stored job cannot run and is disabled', { job: name, why });
    const job = this.#known(name);
    if (!job.isDisabled) this.write({ ...job, isDisabled: true });
  }

  #known(name: string): Job {
    const job = this.#jobs.get(name);
    if (job === undefined) throw unknownJob(name);
    return job;
  }

  /** Everyone hears of changes in the same order: one made by a reader waits until all have heard of the present one. */
  #tell(change: Change): void {
    this.#untold.push(change);
    if (this.#untold.length > 1) return;
    for (const next of this.#untold) {
      for (const reader of this.#readers) this.#tellOne(reader, next);
    }
    this.#untold.length = 0;
  }

  /** A reader that fails keeps nobody else from hearing. */
  #tellOne(reader: (change: Change) => void, change: Change): void {
    try {
      reader(change);
    } catch (error) {
      this.#core.log.error('what follows from a change of a job failed', { job: change.name, error });
    }
  }

  #nowMs(): number {
    return Math.floor(this.#core.world.clock.nowMs());
  }
}

/** Without its place in a series that is another one now. */
function withoutSeries({ uncounted: _, ...job }: Job): Job {
  return job;
}

function parsed({ text, zoneId }: ScheduledWhen, uncounted: number, nowMs: number): Schedule {
  try {
    return withMoreRuns(parseSchedule(text, zoneId, nowMs), uncounted);
  } catch (cause) {
    if (!(cause instanceof CalendarError)) throw cause;
    throw new Refusal('invalid', cause.message, { cause });
  }
}
