// A job as clients read it (chronos.md 2.1, 2.5): every key of the original's 3.x line in its order, `container` only where there is
// one, what is ours only where it was given. Absence of `schedule` or `parents` tells the kind; never both are there.
import { remainingText } from '../calendar/schedule.ts';
import { durationText } from '../input/duration.ts';
import type { FetchItem, Job, JobContainer } from '../model/job.ts';
import { scheduleOf } from './schedules.ts';
import { instantOrNothing } from './times.ts';

/** How it is shown. */
export interface JobShown {
  /** In place of a user of "". */
  readonly user: string;
  /** The list of jobs fills `fetch` from `uris` and the other way round (chronos.md 2.2.4). */
  readonly mirrorsUris?: boolean;
}

/** JSON-shaped. */
export function jobJson(job: Job, { user, mirrorsUris = false }: JobShown): object {
  const { definition } = job;
  const { fetch, uris } = mirrorsUris ? mirrored(definition) : definition;
  return {
    name: definition.name,
    command: definition.command,
    shell: definition.shell,
    executor: definition.executor,
    executorFlags: definition.executorFlags,
    taskInfoData: definition.taskInfoData,
    retries: definition.retries,
    owner: definition.owner,
    ownerName: definition.ownerName,
    description: definition.description,
    successCount: job.successCount,
    errorCount: job.errorCount,
    lastSuccess: instantOrNothing(job.lastSuccessMs),
    lastError: instantOrNothing(job.lastErrorMs),
    cpus: definition.cpus,
    disk: definition.disk,
    mem: definition.mem,
    disabled: job.isDisabled,
    softError: definition.softError,
    dataProcessingJobType: definition.dataProcessingJobType,
    errorsSinceLastSuccess: job.errorsSinceLastSuccess,
    fetch: fetch.map(fetchJson),
    uris,
    environmentVariables: definition.environmentVariables,
    arguments: definition.arguments,
    highPriority: definition.highPriority,
    runAsUser: definition.runAsUser === '' ? user : definition.runAsUser,
    concurrent: definition.concurrent,
    maxCompletionTime: definition.maxCompletionTimeSeconds,
    ...(definition.container && { container: containerJson(definition.container) }),
    constraints: definition.constraints.map(({ attribute, operator, value }) => [attribute, operator, value]),
    ...(definition.epsilon !== undefined && { epsilon: definition.epsilon }),
    ...(definition.async && { async: true }),
    ...ours(job),
    ...whenJson(job),
  };
}

function mirrored({ fetch, uris }: Job['definition']): Pick<Job['definition'], 'fetch' | 'uris'> {
  if (fetch.length > 0) return { fetch, uris: fetch.map(({ uri }) => uri) };
  return { uris, fetch: uris.map((uri) => ({ uri, executable: false, cache: false, extract: true, outputFile: '' })) };
}

function fetchJson({ outputFile, ...item }: FetchItem): object {
  return { ...item, ...(outputFile !== '' && { output_file: outputFile }) };
}

function containerJson({ networkName, networkInfos, ...container }: JobContainer): object {
  return {
    ...container,
    ...(networkName !== undefined && { networkName }),
    networkInfos,
  };
}

function ours({ definition: { notify, retryDelayMs, retryFactor } }: Job): object {
  return {
    ...(notify && { notify }),
    ...(retryDelayMs !== undefined && { retryDelay: durationText(retryDelayMs) }),
    ...(retryFactor !== 1 && { retryFactor }),
  };
}

function whenJson({ definition: { when }, next, uncounted }: Job): object {
  if (when.kind === 'dependent') return { parents: when.parents };
  return {
    schedule: remainingText(scheduleOf(when, uncounted), next),
    scheduleTimeZone: when.zoneId,
    originalSchedule: when.text,
  };
}
