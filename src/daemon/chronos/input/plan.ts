// What posting a list of jobs would change: each is read as it would be when posted, and compared with what is stored by what clients
// see of it, counters and places in series apart (chronos.md 18.2). Pure; nothing is stored.
import { isDeepStrictEqual } from 'node:util';
import type { Jobs } from '../core.ts';
import { JobGraph } from '../jobs/graph.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import { jobJson } from '../output/job.ts';
import { Refusal } from '../refusals.ts';
import { jobShape } from './job-shape.ts';
import { type JobInput, parseJob } from './parse.ts';

/** One job of the list. `job`: its whole definition as it would be posted. */
export interface PlanStep {
  readonly name: string;
  readonly change: 'create' | 'update' | 'none';
  /** Keys that differ from what is stored. */
  readonly fields: readonly string[];
  readonly kind: 'scheduled' | 'dependent';
  readonly job: object;
  /** Members of what was sent that mean nothing, and are left out: a client's own, or a slip of the pen (chronos.md 2.1). */
  readonly ignored: readonly string[];
}

/** `steps`: parents before their children. `others`: jobs that are stored and not in the list. */
export interface JobsPlan {
  readonly steps: readonly PlanStep[];
  readonly others: readonly string[];
}

/** Throws Refusal (`invalid`) with all that is wrong with any of them. Parents may be in the list or stored. */
export function planJobs(list: readonly unknown[], jobs: Pick<Jobs, 'get' | 'all'>, nowMs: number): JobsPlan {
  const inputs = readAll(list, jobs, nowMs);
  const graph = new JobGraph();
  for (const { definition } of jobs.all()) graph.set(definition.name, parentsOf(definition));
  for (const { definition } of inputs.values()) graph.set(definition.name, parentsOf(definition));
  const errors: string[] = [];
  for (const [name, { definition }] of inputs) {
    const unknown = parentsOf(definition).filter((parent) => !inputs.has(parent) && jobs.get(parent) === undefined);
    if (unknown.length > 0) errors.push(`${name}: parents: there is no ${unknown.map((one) => `'${one}'`).join(', ')}`);
    const cycle = graph.cycleWith(name, parentsOf(definition));
    if (cycle !== undefined) errors.push(`${name}: jobs would depend on themselves: ${cycle.join(' → ')}`);
  }
  if (errors.length > 0) throw new Refusal('invalid', errors.join('; '));
  return {
    steps: inOrder(inputs).map((input) => stepOf(input, jobs.get(input.definition.name))),
    others: Array.from(jobs.all(), ({ definition: { name } }) => name).filter((name) => !inputs.has(name)),
  };
}

type PlannedJob = JobInput & Pick<PlanStep, 'ignored'>;

function readAll(list: readonly unknown[], jobs: Pick<Jobs, 'get'>, nowMs: number): ReadonlyMap<string, PlannedJob> {
  const inputs = new Map<string, PlannedJob>();
  const errors: string[] = [];
  for (const [at, json] of list.entries()) {
    try {
      const read = parseJob(withStoredStart(json, jobs), { stored: (name) => jobs.get(name), nowMs });
      const input = { ...read, ignored: Object.keys(Object(json)).filter((key) => !isMember(key)) };
      const { name } = input.definition;
      if (inputs.has(name)) errors.push(`${name}: is there twice`);
      inputs.set(name, input);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const who = nameOf(json) ?? `job ${at + 1}`;
      errors.push(...error.message.split('; ').map((problem) => `${who}: ${problem}`));
    }
  }
  if (errors.length > 0) throw new Refusal('invalid', errors.join('; '));
  return inputs;
}

/** An empty start is filled in once: a file that has one means the series that began then. */
function withStoredStart(json: unknown, jobs: Pick<Jobs, 'get'>): unknown {
  const when = jobs.get(nameOf(json) ?? '')?.definition.when;
  const schedule = memberOf(json, 'schedule');
  if (when?.kind !== 'scheduled' || typeof schedule !== 'string') return json;
  const [count, start, period, ...more] = schedule.trim().split('/');
  const [storedCount, , storedPeriod] = when.text.split('/');
  const isSame = start === '' && more.length === 0 && count === storedCount && period === storedPeriod;
  return isSame ? { ...Object(json), schedule: when.text } : json;
}

/** Own: `constructor` is none. */
function isMember(key: string): boolean {
  return Object.hasOwn(jobShape.shape, key);
}

function nameOf(json: unknown): string | undefined {
  const name = memberOf(json, 'name');
  return typeof name === 'string' ? name : undefined;
}

function memberOf(json: unknown, key: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, key) : undefined;
}

function parentsOf({ when }: JobDefinition): readonly string[] {
  return when.kind === 'dependent' ? when.parents : [];
}

/** Parents first; otherwise as they came. There is no cycle any more. */
function inOrder(inputs: ReadonlyMap<string, PlannedJob>): readonly PlannedJob[] {
  const ordered = new Map<string, PlannedJob>();
  const open = [...inputs.keys()].reverse();
  for (let name = open.at(-1); name !== undefined; name = open.at(-1)) {
    const input = inputs.get(name);
    const missing = input && parentsOf(input.definition).filter((one) => inputs.has(one) && !ordered.has(one));
    if (input === undefined || ordered.has(name) || missing === undefined || missing.length === 0) {
      if (input !== undefined) ordered.set(name, input);
      open.pop();
    } else open.push(...missing.reverse());
  }
  return [...ordered.values()];
}

function stepOf({ definition, isDisabled, ignored }: PlannedJob, stored: Job | undefined): PlanStep {
  const wanted = comparable(definition, isDisabled);
  const { name, when } = definition;
  const step = { name, kind: when.kind, job: wanted, ignored };
  if (stored === undefined) return { ...step, change: 'create', fields: [] };
  const present = comparable(stored.definition, stored.isDisabled);
  const keys = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  const fields = [...keys].filter((key) => !isDeepStrictEqual(wanted[key], present[key]));
  // What has come to the end of its schedule was disabled by that (chronos.md 5.4): that it has run is no difference.
  const isDone = stored.isDisabled && stored.next === undefined && stored.definition.when.kind === 'scheduled';
  if (isDone && fields.length === 1 && fields[0] === 'disabled') return { ...step, change: 'none', fields: [] };
  return { ...step, change: fields.length === 0 ? 'none' : 'update', fields };
}

const NOT_COMPARED = [
  'successCount',
  'errorCount',
  'errorsSinceLastSuccess',
  'lastSuccess',
  'lastError',
  'originalSchedule',
] as const;

/** The definition as it would be posted; `schedule` is the text it was accepted with. */
function comparable(definition: JobDefinition, isDisabled: boolean): Readonly<Record<string, unknown>> {
  const shown = jobJson({ ...UNUSED, definition, isDisabled }, { user: '', mirrorsUris: true });
  const { when } = definition;
  // As JSON: what is undefined is not there, on either side.
  const json: Record<string, unknown> = JSON.parse(JSON.stringify(shown));
  for (const key of NOT_COMPARED) delete json[key];
  return when.kind === 'scheduled' ? { ...json, schedule: when.text } : json;
}

const UNUSED: Omit<Job, 'definition' | 'isDisabled'> = {
  generation: 0,
  runCount: 0,
  successCount: 0,
  errorCount: 0,
  errorsSinceLastSuccess: 0,
  lastSuccessMs: undefined,
  lastErrorMs: undefined,
  next: undefined,
  successesOf: {},
  changedMs: 0,
};
