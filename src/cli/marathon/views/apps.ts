// `mctl app list|show|tasks|versions`.
import type { AppInfo, AppTask, QueueItem } from '../../../client/marathon.ts';
import { formatAge, formatAmount, formatMegabytes, formatTime } from '../../output/units.ts';
import type { Table, View } from '../../output/view.ts';
import { failureMessage } from '../why/words.ts';

/** One word for how an app is, by the first rule that holds (marathon.md 23). */
export type AppStatus = 'Running' | 'Deploying' | 'Waiting' | 'Delayed' | 'Suspended' | 'Stopping' | 'Starting';

/** `queued`: its entry of the queue. */
export function appStatus(app: AppInfo, queued: QueueItem | undefined): AppStatus {
  if (queued !== undefined) return queued.delay.overdue ? 'Waiting' : 'Delayed';
  if (app.deployments.length > 0) return 'Deploying';
  if (app.instances === 0) return app.tasksRunning === 0 ? 'Suspended' : 'Stopping';
  return app.tasksRunning > 0 ? 'Running' : 'Starting';
}

/** Sorted by id. */
export function appListView(apps: readonly AppInfo[], queue: readonly QueueItem[], nowMs: number): View {
  const queued = new Map(queue.map((item) => [item.app?.id, item]));
  const shown = [...apps].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    data: shown.map((app) => ({ ...app, status: appStatus(app, queued.get(app.id)) })),
    names: shown.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ID' },
        { title: 'STATUS', state: true },
        { title: 'INSTANCES', align: 'right' },
        { title: 'HEALTH' },
        { title: 'CPUS', align: 'right' },
        { title: 'MEM', align: 'right' },
        { title: 'CHANGED', align: 'right' },
        { title: 'DEPLOYMENT' },
        { title: 'LABELS', wide: true },
        { title: 'COMMAND', wide: true },
      ],
      rows: shown.map((app) => [
        app.id,
        appStatus(app, queued.get(app.id)),
        `${app.tasksRunning}/${app.instances}`,
        healthText(app),
        formatAmount(app.cpus),
        formatMegabytes(app.mem),
        ageText(app.version, nowMs),
        app.deployments.map(({ id }) => id.slice(0, 8)).join(','),
        pairsText(app.labels),
        commandText(app) ?? '',
      ]),
    },
    empty: 'No apps. (mctl app create -f app.yaml)',
  };
}

/** `2 ok, 1 bad`; what has no result yet is not known. `-` without health checks. */
export function healthText({ healthChecks, tasksRunning, tasksHealthy, tasksUnhealthy }: AppInfo): string {
  if (healthChecks.length === 0) return '-';
  const unknown = Math.max(0, tasksRunning - tasksHealthy - tasksUnhealthy);
  const parts = [
    [tasksHealthy, 'ok'],
    [tasksUnhealthy, 'bad'],
    [unknown, 'unknown'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return told.length === 0 ? '-' : told.join(', ');
}

/** The app and its tasks. */
export function appView(app: AppInfo, queued: QueueItem | undefined, nowMs: number): View {
  const failure = app.lastTaskFailure ?? undefined;
  const status = appStatus(app, queued);
  const staged = app.tasksStaged > 0 ? `, ${app.tasksStaged} staged` : '';
  const waiting = queued === undefined ? '' : `, ${queued.count} waiting`;
  return {
    data: { ...app, status },
    names: [app.id],
    body: {
      kind: 'details',
      items: [
        ['App', app.id],
        ['State', status],
        ['Instances', `${app.tasksRunning} of ${app.instances} running${staged}${waiting}`],
        ['Health', app.healthChecks.length === 0 ? undefined : healthText(app)],
        ['Command', commandText(app)],
        ['Image', imageOf(app)],
        ['Each has', eachText(app)],
        ['Role', app.role ?? undefined],
        ['Constraints', constraintsText(app.constraints)],
        ['Ports', portsText(app)],
        ['Labels', pairsText(app.labels) || undefined],
        ['Environment', isRecord(app.env) ? Object.keys(app.env).join(', ') || undefined : undefined],
        ['Version', app.version ?? undefined],
        ['Configured', configuredText(app, nowMs)],
        ['Deployments', app.deployments.map(({ id }) => id).join(', ') || undefined],
        [
          'Last failure',
          failure &&
            `${failure.state} on ${failure.host ?? '?'}${agoText(failure.timestamp, nowMs)}: ${failureMessage(failure)}`,
        ],
        ['Why not', queued === undefined ? undefined : `mctl app why ${app.id}`],
      ],
      sections: [{ title: 'Tasks', table: taskTable(app.tasks, app, nowMs) }],
    },
  };
}

/** Tasks of one app. */
export function appTasksView(app: AppInfo, nowMs: number): View {
  return {
    data: app.tasks,
    names: app.tasks.map(({ id }) => id),
    body: taskTable(app.tasks, app, nowMs),
    empty: `${app.id} has no tasks. (mctl app why ${app.id})`,
  };
}

function taskTable(tasks: readonly AppTask[], app: AppInfo, nowMs: number): Table {
  const config = app.versionInfo?.lastConfigChangeAt ?? '';
  return {
    kind: 'table',
    columns: [
      { title: 'TASK', shrinksTo: Math.max(0, ...tasks.map(({ id }) => tellingWidth(id))) },
      { title: 'STATE', state: true },
      { title: 'HEALTH' },
      { title: 'HOST' },
      { title: 'PORTS' },
      { title: 'AGE', align: 'right' },
      { title: 'VERSION' },
      { title: 'AGENT ID', wide: true },
    ],
    rows: tasks.map((task) => [
      task.id,
      task.state,
      taskHealth(task),
      task.host ?? '-',
      task.ports.join(',') || '-',
      ageText(task.startedAt ?? task.stagedAt, nowMs),
      config !== '' && task.version < config ? `old (${task.version})` : 'current',
      task.slaveId ?? '',
    ]),
  };
}

/** Cells up to where a task's id tells it from the others of its app: `shop_web.instance-3f0c1a2b…`. */
function tellingWidth(id: string): number {
  const beginning = /^.*?\.(?:instance-)?[0-9a-f]{8}(?=-)/.exec(id)?.[0];
  return beginning === undefined ? id.length : beginning.length + 1;
}

function taskHealth({ healthCheckResults }: AppTask): string {
  if (healthCheckResults.length === 0) return '-';
  const bad = healthCheckResults.find(({ alive }) => !alive);
  if (bad === undefined) return 'ok';
  return bad.lastFailureCause ? `bad (${bad.lastFailureCause})` : 'bad';
}

/** Newest first; `present` is marked. */
export function versionsView(versions: readonly string[], present: string | undefined, nowMs: number): View {
  return {
    data: versions.map((version) => ({ version, current: version === present })),
    names: versions,
    body: {
      kind: 'table',
      columns: [{ title: '' }, { title: 'VERSION' }, { title: 'AGE', align: 'right' }],
      rows: versions.map((version) => [version === present ? '*' : '', version, ageText(version, nowMs)]),
    },
    empty: 'No versions.',
  };
}

/** Age of an ISO time; `-` when there is none. */
export function ageText(time: string | null | undefined, nowMs: number): string {
  const ms = time ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? '-' : formatAge(nowMs - ms);
}

function agoText(time: string | null | undefined, nowMs: number): string {
  const age = ageText(time, nowMs);
  return age === '-' ? '' : `, ${age} ago`;
}

function configuredText({ versionInfo }: AppInfo, nowMs: number): string | undefined {
  const time = versionInfo?.lastConfigChangeAt;
  return time ? `${formatTime(Date.parse(time))}${agoText(time, nowMs)}` : undefined;
}

function eachText({ cpus, mem, disk, gpus }: AppInfo): string {
  const parts = [`${formatAmount(cpus)} cpus`, `${formatMegabytes(mem)} mem`];
  if (disk > 0) parts.push(`${formatMegabytes(disk)} disk`);
  if (gpus > 0) parts.push(`${gpus} gpus`);
  return parts.join(', ');
}

function commandText({ cmd, args }: AppInfo): string | undefined {
  if (cmd) return cmd;
  return args !== undefined && args !== null && args.length > 0 ? JSON.stringify(args) : undefined;
}

function pairsText(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join(', ');
}

function imageOf({ container }: AppInfo): string | undefined {
  const docker = isRecord(container) ? container.docker : undefined;
  return isRecord(docker) && typeof docker.image === 'string' ? docker.image : undefined;
}

function constraintsText(constraints: unknown): string | undefined {
  if (!Array.isArray(constraints) || constraints.length === 0) return undefined;
  return constraints.map((one) => (Array.isArray(one) ? one.join(' ') : String(one))).join(', ');
}

function portsText({ portDefinitions, container }: AppInfo): string | undefined {
  const mappings = isRecord(container) ? container.portMappings : undefined;
  const list: unknown = portDefinitions ?? mappings;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list
    .filter(isRecord)
    .map((one) => [one.port ?? one.servicePort, one.name].filter((part) => part !== undefined).join(' '))
    .join(', ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
