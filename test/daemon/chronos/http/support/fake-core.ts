// A Chronos of which only the border is real: its book of jobs is a map, its runs are what a test puts there.
import { parseSchedule } from '../../../../../src/daemon/chronos/calendar/schedule.ts';
import type { Queue, Runs } from '../../../../../src/daemon/chronos/core.ts';
import type { ApiControl, ApiCore } from '../../../../../src/daemon/chronos/http/api-core.ts';
import { createApi } from '../../../../../src/daemon/chronos/http/index.ts';
import { JobGraph } from '../../../../../src/daemon/chronos/jobs/graph.ts';
import type { Job, JobDefinition } from '../../../../../src/daemon/chronos/model/job.ts';
import type { HistoryEntry, Run } from '../../../../../src/daemon/chronos/model/run.ts';
import { cycleOf, Refusal, unknownJob, unknownParents } from '../../../../../src/daemon/chronos/refusals.ts';
import type { HttpHandler, HttpHeaders } from '../../../../../src/world/net.ts';
import type { Log, World } from '../../../../../src/world/world.ts';
import { FakeClock } from '../../../../client/support/fake-master.ts';

/** 2026-02-01T00:00:00Z. */
export const START_MS = Date.UTC(2026, 1, 1);

const nothing = () => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };

/** JSON of an answer, for a test to look into. */
// biome-ignore lint/suspicious/noExplicitAny: an answer may be anything, and a test says what it expects.
export type Json = any;

export class FakeChronos {
  readonly clock = new (class extends FakeClock {
    override nowMs(): number {
      return START_MS + super.nowMs();
    }
  })();
  readonly jobs = new Map<string, Job>();
  readonly graph = new JobGraph();
  readonly alive: Run[] = [];
  readonly histories = new Map<string, HistoryEntry[]>();
  readonly durations = new Map<string, readonly number[]>();
  readonly unplaceable = new Map<string, string>();
  /** What was asked of the core, in order. */
  readonly told: string[] = [];
  /** Routes that were timed. */
  readonly answered: string[] = [];
  /** Undefined: what is written is durable at once. */
  flush: Promise<void> | undefined;
  isSubscribed = true;
  readonly #handler: HttpHandler;

  constructor(control: Partial<ApiControl> = {}) {
    this.#handler = createApi(this.#core(), {
      leader: () => '10.0.0.1:4400',
      allowedOrigin: '*',
      compresses: true,
      user: 'root',
      historyLimit: 5,
      metricsJson: () => ({ version: '3.0.0', gauges: {} }),
      metricsText: () => 'chronos_leader 1\n',
      answered: (route) => this.answered.push(route),
      logLevel: () => 'info',
      setLogLevel: (level) => this.told.push(`log ${level}`),
      ...control,
    });
  }

  async ask(method: string, target: string, body?: unknown, headers: HttpHeaders = {}) {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const response = await this.#handler({
      method,
      target,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: new TextEncoder().encode(text),
      remoteAddress: '127.0.0.1',
    });
    const said = typeof response.body === 'string' ? response.body : '';
    const isJson = response.headers?.['content-type']?.includes('json') === true;
    const json: Json = isJson ? JSON.parse(said) : undefined;
    return { status: response.status, headers: response.headers ?? {}, text: said, json };
  }

  /** Stores a job; throws unless it was taken. */
  async store(job: object, how = 'iso8601'): Promise<void> {
    const { status, text } = await this.ask('POST', `/v1/scheduler/${how}`, job);
    if (status !== 204) throw new Error(`${status}: ${text}`);
  }

  change(name: string, change: Partial<Job>): void {
    const job = this.jobs.get(name);
    if (job === undefined) throw unknownJob(name);
    this.jobs.set(name, { ...job, ...change });
  }

  addRun(job: string, change: Partial<Run> = {}): Run {
    const run: Run = { ...RUN, key: { job, generation: 1, dueMs: START_MS, number: this.alive.length + 1 }, ...change };
    this.alive.push(run);
    return run;
  }

  addHistory(job: string, change: Partial<HistoryEntry> = {}): void {
    const entries = this.histories.get(job) ?? [];
    this.histories.set(job, [{ ...ENTRY, number: entries.length + 1, ...change }, ...entries]);
  }

  #check({ name, when }: JobDefinition): readonly string[] {
    const parents = when.kind === 'dependent' ? when.parents : [];
    const unknown = parents.filter((parent) => parent !== name && !this.jobs.has(parent));
    if (unknown.length > 0) throw unknownParents(name, unknown);
    const cycle = this.graph.cycleWith(name, parents);
    if (cycle !== undefined) throw cycleOf(cycle);
    return parents;
  }

  #put(definition: JobDefinition, how: Partial<Job>): Job {
    const { name, when } = definition;
    const parents = this.#check(definition);
    this.graph.set(name, parents);
    const before = this.jobs.get(name);
    const next =
      when.kind === 'scheduled' ? parseSchedule(when.text, when.zoneId, this.clock.nowMs()).series.first() : undefined;
    const job: Job = { ...FRESH, ...before, ...how, definition, next };
    this.jobs.set(name, job);
    return job;
  }

  #known(name: string): Job {
    const job = this.jobs.get(name);
    if (job === undefined) throw unknownJob(name);
    return job;
  }

  #core(): ApiCore {
    const { told, clock, alive } = this;
    const runs: Runs = {
      of: (job) => alive.filter(({ key }) => key.job === job),
      alive: () => alive,
      byTaskId: (taskId) => alive.find((run) => run.taskId === taskId),
      history: async (job) => this.histories.get(job) ?? [],
      start: (job, extraArguments) => {
        this.#known(job);
        if (alive.some(({ key, state }) => key.job === job && state === 'queued'))
          throw new Refusal('already-queued', `job '${job}' is queued already`);
        told.push(`start ${job} ${extraArguments}`);
        return this.addRun(job, { cause: 'manual', extraArguments });
      },
      kill: (job) => {
        told.push(`kill ${job}`);
        return alive.filter(({ key }) => key.job === job).length;
      },
      purge: () => {
        told.push('purge');
        return 0;
      },
      markSuccess: (job) => {
        told.push(`success ${job}`);
        return this.jobs.has(job);
      },
      report: (taskId, statusCode) => told.push(`report ${taskId} ${statusCode}`),
      progress: (taskId, elements) => told.push(`progress ${taskId} ${elements}`),
      durationsMs: (job) => this.durations.get(job) ?? [],
      onEnd: () => nothing,
    };
    const queue: Queue = {
      lengths: { high: 0, normal: 0 },
      waiting: () => [],
      unplaceable: () => this.unplaceable,
      why: () => undefined,
      onChange: () => nothing,
    };
    const sorted = () => [...this.jobs.values()].sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
    const world: Pick<World, 'clock' | 'log'> = { clock, log };
    const self = this;
    return {
      world: world as World,
      runs,
      queue,
      storage: { flushed: () => this.flush ?? Promise.resolve() },
      mesos: {
        frameworkId: 'f-1',
        get isSubscribed() {
          return self.isSubscribed;
        },
      },
      jobs: {
        get: (name) => this.jobs.get(name),
        all: sorted,
        get count() {
          return self.jobs.size;
        },
        children: (name) => this.graph.children(name),
        put: (definition, { isDisabled, counters }) => this.#put(definition, { isDisabled, ...counters }),
        check: (definition) => void this.#check(definition),
        remove: (name, children) => {
          this.#known(name);
          if (children === 'refuse' && this.graph.children(name).length > 0)
            throw new Refusal('has-children', `others depend on '${name}'`);
          this.jobs.delete(name);
        },
        setDisabled: (name, isDisabled) => {
          this.change(name, { isDisabled });
          return this.#known(name);
        },
        onChange: () => nothing,
      },
    };
  }
}

const FRESH: Omit<Job, 'definition'> = {
  generation: 1,
  runCount: 0,
  isDisabled: false,
  successCount: 0,
  errorCount: 0,
  errorsSinceLastSuccess: 0,
  lastSuccessMs: undefined,
  lastErrorMs: undefined,
  next: undefined,
  successesOf: {},
  changedMs: START_MS,
};

const RUN: Omit<Run, 'key'> = {
  cause: 'schedule',
  state: 'queued',
  attempt: 0,
  taskId: undefined,
  agentId: undefined,
  agentHost: undefined,
  extraArguments: '',
  isHighPriority: false,
  sinceMs: START_MS,
  queuedMs: START_MS,
  launchedMs: undefined,
  startedMs: undefined,
  notBeforeMs: undefined,
  isKilled: false,
  sandbox: undefined,
  reportedCode: undefined,
  elementsProcessed: undefined,
  relaunches: 0,
};

const ENTRY: HistoryEntry = {
  number: 1,
  taskId: undefined,
  cause: 'schedule',
  dueMs: START_MS,
  lastDueMs: START_MS,
  count: 1,
  attempt: 0,
  startedMs: undefined,
  endedMs: START_MS,
  result: 'success',
  agentId: undefined,
  agentHost: undefined,
  sandbox: undefined,
  message: '',
  elementsProcessed: undefined,
};
