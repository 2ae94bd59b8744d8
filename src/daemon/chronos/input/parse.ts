// From the JSON of a job to a definition: its shape, then what its members say together (chronos.md 2.2). Whether its parents exist and
// close no cycle is for the book of jobs.
import type * as z from 'zod';
import { CalendarError } from '../calendar/calendar-error.ts';
import type { DependentWhen, FetchItem, Job, JobCounters, JobDefinition, ScheduledWhen } from '../model/job.ts';
import { Refusal } from '../refusals.ts';
import { type JobShape, jobShape } from './job-shape.ts';
import { whenWritten } from './schedule-text.ts';

/** What a body says. */
export interface JobInput {
  readonly definition: JobDefinition;
  readonly isDisabled: boolean;
  /** Undefined: those of the stored job stay (chronos.md 2.2.2). */
  readonly counters: JobCounters | undefined;
}

/** What it is read against. */
export interface JobContext {
  /** The job of this name, if there is one. */
  readonly stored: (name: string) => Job | undefined;
  readonly nowMs: number;
  /** Where it was posted to; undefined: either kind will do. */
  readonly kind?: 'scheduled' | 'dependent';
  /** Counters and dates of the body replace the stored ones. */
  readonly importsCounters?: boolean;
}

/** Task ids have the name in them, and directories on agents are named after these. */
const MAX_NAME_LENGTH = 200;
const NEW_NAME = /^[\w.-]+$/;

/** Throws Refusal (`invalid`) with everything that is wrong, each with its place, in one line. */
export function parseJob(json: unknown, { stored, nowMs, kind, importsCounters = false }: JobContext): JobInput {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid(['a job is a JSON object']);
  const parsed = jobShape.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error.issues.map(issueText));
  const shape: JobShape = parsed.data;
  const former = stored(shape.name);
  const errors: string[] = [];
  if (former === undefined) errors.push(...nameErrors(shape.name));
  const fetch = fetchOf(shape, errors);
  const when = whenOf(shape, former, nowMs, errors);
  if (errors.length > 0 || when === undefined) throw invalid(errors);
  if (kind !== undefined && when.kind !== kind) throw wrongKind(shape.name, when.kind);
  const counters = former === undefined || importsCounters ? countersOf(shape) : undefined;
  return { definition: definitionOf(shape, fetch, when), isDisabled: shape.disabled, counters };
}

function countersOf({
  successCount,
  errorCount,
  errorsSinceLastSuccess,
  lastSuccess,
  lastError,
}: JobShape): JobCounters {
  return { successCount, errorCount, errorsSinceLastSuccess, lastSuccessMs: lastSuccess, lastErrorMs: lastError };
}

function nameErrors(name: string): string[] {
  if (name.length > MAX_NAME_LENGTH) return [`name: longer than ${MAX_NAME_LENGTH} characters`];
  return NEW_NAME.test(name) ? [] : [`name: '${name}' must consist of letters, digits, '_', '.' and '-'`];
}

/** 2.2.3: one or the other, or both when they name the same. */
function fetchOf({ fetch, uris }: JobShape, errors: string[]): readonly FetchItem[] {
  if (fetch.length > 0 && uris.length > 0) {
    const same = fetch.length === uris.length && fetch.every(({ uri }) => uris.includes(uri));
    if (!same) errors.push("fetch: does not go with other URIs in 'uris', which is the old form of it");
  }
  return fetch.map(({ output_file: outputFile, ...item }) => ({ ...item, outputFile }));
}

/** 2.2.1: parents win over a schedule. */
function whenOf(
  shape: JobShape,
  former: Job | undefined,
  nowMs: number,
  errors: string[],
): ScheduledWhen | DependentWhen | undefined {
  const { parents, schedule, cron, scheduleTimeZone, originalSchedule } = shape;
  if (parents !== undefined) {
    if (parents.length === 0) errors.push('parents: must name at least one job');
    if (parents.includes('')) errors.push('parents: a name must not be empty');
    return { kind: 'dependent', parents: [...new Set(parents)].sort() };
  }
  if (schedule !== undefined && cron !== undefined) errors.push("cron: does not go with 'schedule'");
  const text = schedule ?? (cron === undefined ? undefined : `cron: ${cron.trim()}`);
  if (text === undefined) {
    errors.push('schedule or parents required');
    return undefined;
  }
  const zoneId = scheduleTimeZone.trim();
  try {
    return whenWritten({ text: text.trim(), zoneId, original: originalSchedule }, former, nowMs);
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error;
    errors.push(error.code === 'zone' ? `scheduleTimeZone: ${error.message}` : error.message);
    return undefined;
  }
}

function definitionOf(
  shape: JobShape,
  fetch: readonly FetchItem[],
  when: ScheduledWhen | DependentWhen,
): JobDefinition {
  const { epsilon, retryDelay, maxCompletionTime, uris, notify } = shape;
  return {
    name: shape.name,
    command: shape.command,
    arguments: shape.arguments,
    shell: shape.shell,
    executor: shape.executor,
    executorFlags: shape.executorFlags,
    taskInfoData: shape.taskInfoData,
    description: shape.description,
    owner: shape.owner,
    ownerName: shape.ownerName,
    retries: shape.retries,
    cpus: shape.cpus,
    mem: shape.mem,
    disk: shape.disk,
    softError: shape.softError,
    highPriority: shape.highPriority,
    concurrent: shape.concurrent,
    maxCompletionTimeSeconds: maxCompletionTime,
    epsilonMs: epsilon?.ms,
    epsilon: epsilon?.text,
    async: shape.async,
    runAsUser: shape.runAsUser,
    environmentVariables: shape.environmentVariables,
    // The list of jobs shows either as the other; only what was meant is kept.
    uris: fetch.length > 0 ? [] : uris,
    fetch,
    constraints: shape.constraints,
    container: shape.container,
    dataProcessingJobType: shape.dataProcessingJobType,
    notify,
    retryDelayMs: retryDelay?.ms,
    retryFactor: shape.retryFactor,
    when,
  };
}

function wrongKind(name: string, kind: 'scheduled' | 'dependent'): Refusal {
  const text = kind === 'dependent' ? 'has parents: post it to /dependency' : 'has no parents: post it to /iso8601';
  return new Refusal('invalid', `job '${name}' ${text}`);
}

const MOST_ERRORS = 20;

function invalid(errors: readonly string[]): Refusal {
  const more = errors.length > MOST_ERRORS ? [`and ${errors.length - MOST_ERRORS} more`] : [];
  return new Refusal('invalid', [...errors.slice(0, MOST_ERRORS), ...more].join('; '));
}

function issueText(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return path === '' ? messageOf(issue) : `${path.replace(/^\./, '')}: ${messageOf(issue)}`;
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message;
  const expected = issue.expected === 'array' ? 'a list' : issue.expected === 'object' ? 'an object' : issue.expected;
  return `${expected} is expected`;
}
