// `mctl framework list|show` and `mctl offer list`.
import { formatAge, formatAmount, formatMegabytes, formatTime } from '../output/units.ts';
import type { View } from '../output/view.ts';
import type { ClusterPicture, FrameworkEntry } from './cluster-picture.ts';
import { amounts, portsText } from './resources.ts';
import { isoTime, taskListView } from './tasks.ts';

/** `all`: completed ones too. */
export function frameworkListView({ frameworks, tasks }: ClusterPicture, all: boolean, nowMs: number): View {
  const counts = new Map<string, number>();
  for (const task of tasks) if (task.live) counts.set(task.frameworkId, (counts.get(task.frameworkId) ?? 0) + 1);
  const shown = frameworks.filter(({ state }) => all || state !== 'completed');
  return {
    data: shown.map((framework) => frameworkJson(framework, counts.get(framework.id) ?? 0)),
    names: shown.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ID' },
        { title: 'NAME' },
        { title: 'STATE', state: true },
        { title: 'USER' },
        { title: 'ROLES' },
        { title: 'TASKS', align: 'right' },
        { title: 'CPUS', align: 'right' },
        { title: 'MEM', align: 'right' },
        { title: 'AGE', align: 'right' },
        { title: 'HOSTNAME', wide: true },
        { title: 'WEB UI', wide: true },
      ],
      rows: shown.map((framework) => [
        framework.id,
        framework.name,
        framework.state,
        framework.user,
        framework.roles.join(','),
        String(counts.get(framework.id) ?? 0),
        formatAmount(framework.used.cpus ?? 0),
        formatMegabytes(framework.used.mem ?? 0),
        framework.registeredAtMs === undefined ? '-' : formatAge(nowMs - framework.registeredAtMs),
        framework.framework.framework_info.hostname ?? '',
        framework.framework.framework_info.webui_url ?? '',
      ]),
    },
    empty: all ? 'No frameworks.' : 'No frameworks. (--all shows those that ended.)',
  };
}

/** With all of its tasks that the master remembers. */
export function frameworkView(framework: FrameworkEntry, picture: ClusterPicture, nowMs: number): View {
  const { framework_info: info } = framework.framework;
  const tasks = taskListView(picture.tasks, { all: true, frameworkId: framework.id }, nowMs);
  return {
    data: { ...frameworkJson(framework, tasks.names.length), tasks: tasks.data },
    names: [framework.id],
    body: {
      kind: 'details',
      items: [
        ['Framework', framework.id],
        ['Name', framework.name],
        ['State', framework.state],
        ['User', framework.user],
        ['Roles', framework.roles.join(', ')],
        ['Capabilities', (info.capabilities ?? []).map(({ type }) => type).join(', ') || undefined],
        ['Failover', `${formatAge((info.failover_timeout ?? 0) * 1000)} after a disconnect`],
        ['Checkpoint', String(info.checkpoint ?? false)],
        ['Hostname', info.hostname],
        ['Web UI', info.webui_url],
        ['Registered', framework.registeredAtMs === undefined ? undefined : formatTime(framework.registeredAtMs)],
      ],
      sections: tasks.body.kind === 'table' ? [{ title: 'Tasks', table: tasks.body }] : [],
    },
  };
}

function frameworkJson(framework: FrameworkEntry, tasks: number): object {
  const { id, name, user, state, roles, used } = framework;
  return { id, name, user, state, roles, resources: used, tasks, registered: isoTime(framework.registeredAtMs) };
}

/** Offers that are out now; most frameworks answer them within a moment. */
export function offerListView({ frameworks, agents }: ClusterPicture): View {
  const hostnames = new Map(agents.map(({ id, hostname }) => [id, hostname]));
  const offers = frameworks.flatMap((framework) =>
    (framework.framework.offers ?? []).map((offer) => ({
      id: offer.id.value,
      framework: { id: framework.id, name: framework.name },
      agent: { id: offer.agent_id.value, hostname: hostnames.get(offer.agent_id.value) ?? offer.hostname },
      role: offer.allocation_info?.role ?? framework.roles[0] ?? '*',
      resources: amounts(offer.resources),
      ports: portsText(offer.resources),
    })),
  );
  return {
    data: offers,
    names: offers.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ID' },
        { title: 'FRAMEWORK' },
        { title: 'ROLE' },
        { title: 'AGENT' },
        { title: 'CPUS', align: 'right' },
        { title: 'MEM', align: 'right' },
        { title: 'DISK', align: 'right' },
        { title: 'PORTS', wide: true },
      ],
      rows: offers.map((offer) => [
        offer.id,
        offer.framework.name,
        offer.role,
        offer.agent.hostname,
        formatAmount(offer.resources.cpus ?? 0),
        formatMegabytes(offer.resources.mem ?? 0),
        formatMegabytes(offer.resources.disk ?? 0),
        offer.ports,
      ]),
    },
    empty: 'No offers are out. (Frameworks that want nothing get none.)',
  };
}
