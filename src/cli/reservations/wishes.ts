// From what is typed to the resources of a call: what is to be reserved or given back, as the agent has it.
import type { Resource, Resource_ReservationInfo, Value_Scalar } from '../../mesos/generated/v1.ts';
import { validateId } from '../../mesos/ids.ts';
import { isStrictSubrole } from '../../mesos/resources/roles.ts';
import { toMillis } from '../../mesos/resources/scalar.ts';
import { isPersistentVolume, reservationRole } from '../../mesos/validation/resources.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { amountText } from '../roles/amounts.ts';
import type { AgentEntry } from '../views/cluster-picture.ts';
import { reservedOn, type VolumeEntry } from './reserved.ts';

/** Name → how much. */
export type Amounts = Readonly<Record<string, Value_Scalar>>;

/** What a reservation says beside its role. */
export interface Reserver {
  readonly role: string;
  readonly principal: string | undefined;
  /** Of what is reserved to a role above it, instead of what nobody has. */
  readonly refines: boolean;
}

/** The resources as they are to be. Throws Problem: `cannotPlace` where the agent has not got them, `usage` for amounts of nothing. */
export function toReserve(agent: AgentEntry, amounts: Amounts, { role, principal, refines }: Reserver): Resource[] {
  const added: Resource_ReservationInfo = { type: 'DYNAMIC', role, ...(principal !== undefined && { principal }) };
  return Object.entries(amounts).map(([name, scalar]) => {
    const plain: Resource = { name, type: 'SCALAR', scalar };
    if (toMillis(scalar.value) === 0) throw nothingOf(name);
    const named = (agent.agent.total_resources ?? []).filter((one) => one.name === name && !isPersistentVolume(one));
    if (!refines) {
      const unreserved = named.filter((one) => reservationRole(one) === '*');
      // Pieces of several disks are not one amount: the master tells whether they do.
      const there = unreserved.reduce((sum, one) => sum + toMillis(one.scalar?.value ?? 0), 0);
      if (there < toMillis(scalar.value))
        throw lacking(agent, 'that nobody has reserved', name, scalar.value, unreserved);
      return { ...plain, reservations: [added] };
    }
    const above = named.filter((one) => isStrictSubrole(role, reservationRole(one)));
    const enough = above.find((one) => toMillis(one.scalar?.value ?? 0) >= toMillis(scalar.value));
    if (enough === undefined) throw lacking(agent, `reserved to a role above '${role}'`, name, scalar.value, above);
    return { ...plain, ...diskOf(enough), reservations: [...(enough.reservations ?? []), added] };
  });
}

/** Of what is reserved to the role: `amounts`, or undefined for all of it. Throws Problem `cannotPlace`, `notFound`. */
export function toUnreserve(agent: AgentEntry, amounts: Amounts | undefined, role: string): Resource[] {
  const reserved = reservedOn(agent, role).map(withoutOldFormat);
  if (reserved.length === 0) {
    throw new Problem(EXIT.notFound, {
      what: `Nothing is reserved to '${role}' on agent ${agent.id}.`,
      why: "What an agent's own flags reserve cannot be given back, and volumes have to be destroyed first.",
      next: `mctl agent show ${agent.id}`,
    });
  }
  if (amounts === undefined) return reserved;
  return Object.entries(amounts).flatMap(([name, { value }]) => {
    if (toMillis(value) === 0) throw nothingOf(name);
    const named = reserved.filter((one) => one.name === name && one.scalar !== undefined);
    let missing = toMillis(value);
    const taken: Resource[] = [];
    for (const one of named) {
      const part = Math.min(missing, toMillis(one.scalar?.value ?? 0));
      if (part > 0) taken.push({ ...one, scalar: { value: part / 1000 } });
      missing -= part;
    }
    if (missing > 0) throw lacking(agent, `reserved to '${role}'`, name, value, named);
    return taken;
  });
}

/**
 * To be asked before disk is reserved for a volume, which would stay reserved when there can be no such volume.
 * Throws Problem: `usage`, or `conflict` when there is one.
 */
export function checkNewVolume(
  volumes: readonly VolumeEntry[],
  { agent, id, role, containerPath }: Readonly<Record<'id' | 'role' | 'containerPath', string>> & { agent: AgentEntry },
): void {
  const reason =
    validateId(id) ??
    (role === '*' ? "Volumes are made of what is reserved, and nothing is reserved for '*'" : undefined) ??
    (containerPath.split('/').includes('..') ? `'${containerPath}' leaves the sandbox of the task` : undefined);
  if (reason !== undefined) {
    throw new Problem(EXIT.usage, { what: `Volume '${id}' of '${role}' cannot be made.`, why: `${reason}.` });
  }
  if (volumes.some((one) => one.agent.id === agent.id && one.role === role && one.persistenceId === id)) {
    throw new Problem(EXIT.conflict, {
      what: `There is a volume '${id}' of '${role}' on ${agent.hostname} already.`,
      next: 'mctl volume list',
    });
  }
}

/** A volume of disk that is reserved to the role. Throws Problem `cannotPlace`. */
export function toCreate(
  agent: AgentEntry,
  wanted: {
    readonly id: string;
    readonly role: string;
    readonly megabytes: number;
    readonly containerPath: string;
    readonly isShared: boolean;
  },
): Resource {
  const { id, role, megabytes, containerPath, isShared } = wanted;
  const disks = (agent.agent.total_resources ?? [])
    .filter((one) => one.name === 'disk' && !isPersistentVolume(one) && reservationRole(one) === role)
    .map(withoutOldFormat);
  const isWhole = (one: Resource): boolean => one.disk?.source?.type === 'MOUNT';
  const enough = disks.find((one) =>
    isWhole(one) ? one.scalar?.value === megabytes : (one.scalar?.value ?? 0) >= megabytes,
  );
  if (enough === undefined) throw lacking(agent, `reserved to '${role}'`, 'disk', megabytes, disks);
  const principal = enough.reservations?.at(-1)?.principal;
  const persistence = { id, ...(principal !== undefined && { principal }) };
  const volume = { container_path: containerPath, mode: 'RW' as const };
  const disk = { ...enough.disk, persistence, volume };
  return { ...enough, scalar: { value: megabytes }, disk, ...(isShared && { shared: {} }) };
}

/** The master tells both formats; one is enough. */
export function withoutOldFormat({ role: _role, reservation: _reservation, ...resource }: Resource): Resource {
  return resource;
}

const diskOf = ({ disk }: Resource): Pick<Resource, 'disk'> => (disk === undefined ? {} : { disk });

function nothingOf(name: string): Problem {
  return new Problem(EXIT.usage, { what: `--resources: no ${name} at all cannot be reserved or given back.` });
}

/** `which`: said behind the amount. */
function lacking(agent: AgentEntry, which: string, name: string, wanted: number, there: readonly Resource[]): Problem {
  const amounts = there.map((one) => amountText(name, one.scalar?.value ?? 0)).join(' and ');
  return new Problem(EXIT.cannotPlace, {
    what: `Agent ${agent.id} has not got ${name} ${amountText(name, wanted)} ${which}.`,
    why: amounts === '' ? `There is no such ${name}.` : `There is ${amounts}.`,
    next: `mctl agent show ${agent.id}`,
  });
}
