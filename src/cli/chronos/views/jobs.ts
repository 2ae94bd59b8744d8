// `mctl job list|show`.
import type { OwnJob, UpcomingRun, WhyReason } from '../../../client/chronos.ts';
import { formatAmount, formatMegabytes } from '../../output/units.ts';
import type { View } from '../../output/view.ts';
import { agoText, localText, untilText, wallText } from './times.ts';

/** By name. `filter`: what their names were to have in them; "" is all. */
export function jobListView(jobs: readonly OwnJob[], nowMs: number, filter = ''): View {
  return {
    data: jobs,
    names: jobs.map(({ name }) => name),
    body: {
      kind: 'table',
      columns: [
        { title: 'NAME' },
        { title: 'STATE', state: true },
        { title: 'LAST', state: true },
        { title: 'NEXT RUN' },
        { title: 'SUCCEEDED', align: 'right' },
        { title: 'FAILED', align: 'right' },
        { title: 'WHEN' },
        { title: 'OWNER', wide: true },
        { title: 'COMMAND', wide: true },
      ],
      rows: jobs.map((job) => [
        job.name,
        stateText(job),
        job.status,
        untilText(job.nextRun, nowMs),
        `${job.successCount}`,
        `${job.errorCount}`,
        whenText(job),
        job.owner,
        job.command,
      ]),
    },
    empty:
      filter === '' ? 'No jobs. (mctl job apply -f job.yaml)' : `No job has '${filter}' in its name. (mctl job list)`,
  };
}

/** What it does now; a job that cannot run says so. */
export function stateText({ state, disabled, unplaceable }: OwnJob): string {
  if (unplaceable !== undefined) return 'unplaceable';
  return disabled && state === 'idle' ? 'disabled' : state;
}

/** The schedule as it was written, or the parents. */
export function whenText({ parents, originalSchedule, schedule, scheduleTimeZone }: OwnJob): string {
  if (parents !== undefined) return `after ${parents.join(', ')}`;
  const zone = scheduleTimeZone ? ` ${scheduleTimeZone}` : '';
  return `${originalSchedule ?? schedule ?? ''}${zone}`;
}

/** `reasons`: why it does not run now. */
export function jobView(
  job: OwnJob,
  {
    reasons,
    next,
    nowMs,
  }: { readonly reasons: readonly WhyReason[]; readonly next: readonly UpcomingRun[]; readonly nowMs: number },
): View {
  const times = (instant: string): string | undefined =>
    instant === '' ? undefined : `${localText(instant)} (${agoText(instant, nowMs)})`;
  // 0 is the server's default, and not none (chronos.md 22.15).
  const amounts = [
    ...(job.cpus > 0 ? [`${formatAmount(job.cpus)} cpus`] : []),
    ...(job.mem > 0 ? [formatMegabytes(job.mem)] : []),
    ...(job.disk > 0 ? [`${formatMegabytes(job.disk)} disk`] : []),
  ];
  return {
    data: { ...job, reasons, next },
    names: [job.name],
    body: {
      kind: 'details',
      items: [
        ['Name', job.name],
        ['Description', job.description || undefined],
        ['State', stateText(job)],
        ['Last result', job.status],
        ['Why', reasons.map(({ message }) => message).join('\n') || undefined],
        ['When', whenText(job)],
        ['Left', job.schedule !== job.originalSchedule ? job.schedule : undefined],
        ['Command', job.command || undefined],
        ['Container', containerText(job.container)],
        ['Wants', amounts.join(', ') || undefined],
        ['Only where', job.constraints?.map((words) => words.join(' ')).join('\n') || undefined],
        ['Environment', job.environmentVariables?.map(({ name }) => name).join(', ') || undefined],
        [
          'Fetches',
          [...new Set([...(job.fetch ?? []).map(({ uri }) => uri), ...(job.uris ?? [])])].join('\n') || undefined,
        ],
        ['Runs as', job.runAsUser || undefined],
        ['Latest start', job.epsilon ? `${job.epsilon} after it is due` : undefined],
        ['Longest run', job.maxCompletionTime ? `${job.maxCompletionTime} s` : undefined],
        ['Besides', peculiarities(job).join(', ') || undefined],
        ['Retries', `${job.retries}`],
        ['Owner', job.owner || undefined],
        ['Children', job.children.join(', ') || undefined],
        ['Succeeded', `${job.successCount}`],
        [
          'Failed',
          `${job.errorCount}${job.errorsSinceLastSuccess > 0 ? `, ${job.errorsSinceLastSuccess} since the last success` : ''}`,
        ],
        ['Last success', times(job.lastSuccess)],
        ['Last error', times(job.lastError)],
        [
          'Next run',
          next
            .map((run) => `${localText(run.due)} (${untilText(run.due, nowMs)})${jobTimeText(job, run)}`)
            .join('\n') || undefined,
        ],
      ],
    },
  };
}

function containerText(container: OwnJob['container']): string | undefined {
  if (!container) return undefined;
  const { type = 'DOCKER', image, network } = container;
  return [type, image, network && `network ${network}`].filter(Boolean).join(', ');
}

/** What it does otherwise than most. */
function peculiarities(job: OwnJob): string[] {
  return [
    ...(job.concurrent ? ['may run beside itself'] : []),
    ...(job.softError ? ['its children run after a failure, too'] : []),
    ...(job.highPriority ? ['goes before others'] : []),
    ...(job.async ? ['its end is reported over REST'] : []),
  ];
}

/** What clocks show in its zone, where that is said. */
function jobTimeText({ scheduleTimeZone }: OwnJob, { local }: UpcomingRun): string {
  return scheduleTimeZone ? `, there ${wallText(local)}` : '';
}
