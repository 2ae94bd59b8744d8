// `mctl agent list|show`.
import { formatAge, formatAmount, formatMegabytes, formatTime } from '../output/units.ts';
import type { View } from '../output/view.ts';
import { reservationRows, reservationTable } from '../reservations/views.ts';
import type { AgentEntry, ClusterPicture } from './cluster-picture.ts';
import { portsText } from './resources.ts';
import { isoTime, taskListView } from './tasks.ts';

/** Sorted by hostname, numbers in it by value. */
export function agentListView({ agents, tasks }: ClusterPicture, nowMs: number): View {
  const counts = new Map<string, number>();
  for (const task of tasks) if (task.live) counts.set(task.agentId, (counts.get(task.agentId) ?? 0) + 1);
  const sorted = [...agents].sort((a, b) => a.hostname.localeCompare(b.hostname, 'en', { numeric: true }));
  return {
    data: sorted.map((agent) => agentJson(agent, counts.get(agent.id) ?? 0)),
    names: sorted.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ID' },
        { title: 'HOSTNAME' },
        { title: 'STATE', state: true },
        { title: 'TASKS', align: 'right' },
        { title: 'CPUS', align: 'right' },
        { title: 'MEM', align: 'right' },
        { title: 'ATTRIBUTES' },
        { title: 'UP', align: 'right' },
        { title: 'URL', wide: true },
        { title: 'DISK', align: 'right', wide: true },
        { title: 'PORTS', wide: true },
        { title: 'VERSION', wide: true },
      ],
      rows: sorted.map((agent) => [
        agent.id,
        agent.hostname,
        agent.state,
        String(counts.get(agent.id) ?? 0),
        `${formatAmount(agent.used.cpus ?? 0)}/${formatAmount(agent.total.cpus ?? 0)}`,
        `${formatMegabytes(agent.used.mem ?? 0)}/${formatMegabytes(agent.total.mem ?? 0)}`,
        attributesText(agent),
        agent.registeredAtMs === undefined ? '-' : formatAge(nowMs - agent.registeredAtMs),
        agent.url,
        `${formatMegabytes(agent.used.disk ?? 0)}/${formatMegabytes(agent.total.disk ?? 0)}`,
        portsText(agent.agent.total_resources),
        agent.version,
      ]),
    },
    empty: 'No agents.',
  };
}

/** With the tasks that run on it. */
export function agentView(agent: AgentEntry, picture: ClusterPicture, nowMs: number): View {
  const tasks = taskListView(picture.tasks, { all: false, agentId: agent.id }, nowMs);
  const reservations = reservationRows(agent);
  const names = [...new Set(['cpus', 'mem', 'disk', ...Object.keys(agent.total)])].filter((name) => name !== 'ports');
  return {
    data: { ...agentJson(agent, tasks.names.length), reservations, tasks: tasks.data },
    names: [agent.id],
    body: {
      kind: 'details',
      items: [
        ['Agent', agent.id],
        ['Hostname', agent.hostname],
        ['State', agent.state],
        ['URL', agent.url],
        ['Version', agent.version],
        ['Attributes', attributesText(agent) || undefined],
        ['Ports', portsText(agent.agent.total_resources) || undefined],
        ['Registered', agent.registeredAtMs === undefined ? undefined : formatTime(agent.registeredAtMs)],
      ],
      sections: [
        {
          title: 'Resources',
          table: {
            kind: 'table',
            columns: [
              { title: 'NAME' },
              { title: 'TOTAL', align: 'right' },
              { title: 'USED', align: 'right' },
              { title: 'OFFERED', align: 'right' },
            ],
            rows: names.map((name) => [
              name,
              formatAmount(agent.total[name] ?? 0),
              formatAmount(agent.used[name] ?? 0),
              formatAmount(agent.offered[name] ?? 0),
            ]),
          },
        },
        ...(reservations.length > 0 ? [{ title: 'Reservations', table: reservationTable(reservations) }] : []),
        ...(tasks.body.kind === 'table' ? [{ title: 'Tasks', table: tasks.body }] : []),
      ],
    },
  };
}

function agentJson(agent: AgentEntry, tasks: number): object {
  const { id, hostname, url, state, attributes, total, used, offered, version } = agent;
  const resources = { total, used, offered };
  return { id, hostname, url, state, attributes, resources, tasks, registered: isoTime(agent.registeredAtMs), version };
}

function attributesText({ attributes }: AgentEntry): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
