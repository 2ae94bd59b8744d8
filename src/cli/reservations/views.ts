// `mctl agent reserve|unreserve`, `mctl volume list|create|destroy`.
import type { Resource } from '../../mesos/generated/v1.ts';
import {
  isDynamicallyReserved,
  isPersistentVolume,
  isReserved,
  reservationRole,
} from '../../mesos/validation/resources.ts';
import { formatMegabytes } from '../output/units.ts';
import type { Table, View } from '../output/view.ts';
import { quantitiesText } from '../roles/amounts.ts';
import type { AgentEntry } from '../views/cluster-picture.ts';
import { amounts } from '../views/resources.ts';
import type { VolumeEntry } from './reserved.ts';
import { plain, valueText } from './typed.ts';

interface ReservationRow {
  readonly role: string;
  readonly kind: 'static' | 'dynamic';
  /** Of a refined reservation: the roles above, from the first. */
  readonly refines: readonly string[];
  readonly principal: string | undefined;
  /** Name → how much; ranges and sets as text. */
  readonly resources: Readonly<Record<string, number | string>>;
  /** Megabytes of it that are volumes. */
  readonly inVolumes: number;
}

/** What is reserved on the agent, one row a reservation. */
export function reservationsView(agent: AgentEntry): View {
  const rows = reservationRows(agent);
  return {
    data: { id: agent.id, hostname: agent.hostname, reservations: rows },
    names: [agent.id],
    body: reservationTable(rows),
    empty: `Nothing is reserved on agent ${agent.id}.`,
  };
}

/** Sorted by role. */
export function reservationRows({ agent }: AgentEntry): readonly ReservationRow[] {
  const byStack = new Map<string, Resource[]>();
  for (const resource of (agent.total_resources ?? []).filter(isReserved)) {
    const stack = JSON.stringify(resource.reservations ?? [resource.role, resource.reservation]);
    byStack.set(stack, [...(byStack.get(stack) ?? []), resource]);
  }
  return [...byStack.values()].map(rowOf).sort((a, b) => (a.role < b.role ? -1 : 1));
}

function rowOf(resources: readonly Resource[]): ReservationRow {
  const [first] = resources;
  const stack = first?.reservations ?? [];
  return {
    role: first === undefined ? '' : reservationRole(first),
    kind: first !== undefined && isDynamicallyReserved(first) ? 'dynamic' : 'static',
    refines: stack.slice(0, -1).map(({ role }) => role ?? ''),
    principal: stack.at(-1)?.principal ?? first?.reservation?.principal,
    resources: { ...amounts(resources.filter(({ scalar }) => scalar !== undefined)), ...listed(resources) },
    inVolumes: amounts(resources.filter(isPersistentVolume)).disk ?? 0,
  };
}

/** `{ ports: '[31000-31010]' }`. */
function listed(resources: readonly Resource[]): Record<string, string> {
  const all = plain(resources.filter(({ scalar }) => scalar === undefined));
  return Object.fromEntries(all.toMessages().map((resource) => [resource.name, valueText(resource)]));
}

/** Of `mctl agent show` too. */
export function reservationTable(rows: readonly ReservationRow[]): Table {
  return {
    kind: 'table',
    columns: [
      { title: 'ROLE' },
      { title: 'KIND' },
      { title: 'RESOURCES' },
      { title: 'IN VOLUMES', align: 'right' },
      { title: 'PRINCIPAL' },
      { title: 'REFINES', wide: true },
    ],
    rows: rows.map(({ role, kind, resources, inVolumes, principal = '-', refines }) => [
      role,
      kind,
      quantitiesText(resources) ?? '-',
      inVolumes === 0 ? '-' : formatMegabytes(inVolumes),
      principal,
      refines.join(' → ') || '-',
    ]),
  };
}

/** All volumes of the cluster, or of one agent. */
export function volumeListView(volumes: readonly VolumeEntry[]): View {
  return {
    data: volumes.map(volumeJson),
    names: volumes.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ID' },
        { title: 'ROLE' },
        { title: 'SIZE', align: 'right' },
        { title: 'AGENT' },
        { title: 'HOSTNAME' },
        { title: 'USED BY' },
        { title: 'SHARED', wide: true },
        { title: 'PATH', wide: true },
        { title: 'DISK', wide: true },
      ],
      rows: volumes.map(({ persistenceId: id, role, megabytes, agent, taskIds, isShared, containerPath, disk }) => [
        id,
        role,
        formatMegabytes(megabytes),
        agent.id,
        agent.hostname,
        taskIds.join(', ') || '-',
        isShared ? 'yes' : 'no',
        containerPath,
        disk,
      ]),
    },
    empty: 'No volumes.',
  };
}

function volumeJson({
  persistenceId: id,
  role,
  megabytes,
  agent,
  taskIds,
  isShared,
  containerPath,
  disk,
}: VolumeEntry): object {
  const place = { agent: agent.id, hostname: agent.hostname, containerPath, disk };
  return { id, role, sizeMb: megabytes, ...place, shared: isShared, tasks: taskIds };
}
