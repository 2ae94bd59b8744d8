// From what is typed to the resources of a call: what is to be reserved or given back, as the agent has it.
import type { Resource, Resource_ReservationInfo } from '../../mesos/generated/v1.ts';
import { validateId } from '../../mesos/ids.ts';
import { isStrictSubrole } from '../../mesos/resources/roles.ts';
import { toMillis } from '../../mesos/resources/scalar.ts';
import { isPersistentVolume, reservationRole } from '../../mesos/validation/resources.ts';
import { validateRole } from '../../mesos/validation/roles.ts';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import { Problem } from '../problem.ts';
import { checkRole } from '../roles/names.ts';
import type { AgentEntry } from '../views/cluster-picture.ts';
import { reservedOn, type VolumeEntry } from './reserved.ts';
import { plain, valueText } from './typed.ts';

/** What a reservation says beside its role. */
export interface Reserver {
  readonly role: string;
  readonly principal: string | undefined;
  /** Of what is reserved to a role above it, instead of what nobody has. */
  readonly refines: boolean;
}

/** `wanted` (parseTyped) as it is to be. Throws Problem: `cannotPlace` where the agent has not got it, `usage` for roles that cannot be. */
export function toReserve(
  agent: AgentEntry,
  wanted: readonly Resource[],
  { role, principal, refines }: Reserver,
): Resource[] {
  checkRole(role);
  if (role === '*') {
    throw new Problem(EXIT.usage, {
      what: "Nothing can be reserved for '*'.",
      why: 'That is everybody, who has what is not reserved.',
    });
  }
  const added: Resource_ReservationInfo = { type: 'DYNAMIC', role, ...(principal !== undefined && { principal }) };
  return wanted.map((resource) => {
    const named = (agent.agent.total_resources ?? []).filter(
      (one) => one.name === resource.name && !isPersistentVolume(one),
    );
    if (!refines) {
      const unreserved = named.filter((one) => reservationRole(one) === '*');
      // Pieces of several disks are not one amount: the master tells whether they do.
      if (!plain(unreserved).contains(plain([resource])))
        throw lacking(agent, 'that nobody has reserved', resource, unreserved);
      return { ...resource, reservations: [added] };
    }
    const above = named.filter((one) => isStrictSubrole(role, reservationRole(one)));
    const enough = above.find((one) => plain([one]).contains(plain([resource])));
    if (enough === undefined) throw lacking(agent, `reserved to a role above '${role}'`, resource, above);
    return { ...resource, ...diskOf(enough), reservations: [...(enough.reservations ?? []), added] };
  });
}

/** Of what is reserved to the role: `wanted` (parseTyped), or undefined for all of it. Throws Problem `cannotPlace`, `notFound`. */
export function toUnreserve(agent: AgentEntry, wanted: readonly Resource[] | undefined, role: string): Resource[] {
  const reserved = reservedOn(agent, role).map(withoutOldFormat);
  if (reserved.length === 0) {
    throw new Problem(EXIT.notFound, {
      what: `Nothing is reserved to '${role}' on agent ${agent.id}.`,
      why: "What an agent's own flags reserve cannot be given back, and volumes have to be destroyed first.",
      next: `mctl agent show ${agent.id}`,
    });
  }
  if (wanted === undefined) return reserved;
  return wanted.flatMap((resource) => {
    const named = reserved.filter((one) => one.name === resource.name);
    let missing = plain([resource]);
    const taken: Resource[] = [];
    for (const one of named) {
      const left = missing.minus(plain([one]));
      taken.push(
        ...missing
          .minus(left)
          .toMessages()
          .map((part) => ({ ...one, ...part })),
      );
      missing = left;
    }
    if (!missing.isEmpty) throw lacking(agent, `reserved to '${role}'`, resource, named);
    return taken;
  });
}

/**
 * To be asked before disk is reserved for a volume, which would stay reserved when there can be no such volume.
 * Throws Problem: `usage`, or `conflict` when there is one.
 */
export function checkNewVolume(
  volumes: readonly VolumeEntry[],
  {
    agent,
    id,
    role,
    megabytes,
    containerPath,
  }: Readonly<Record<'id' | 'role' | 'containerPath', string>> & { agent: AgentEntry; megabytes: number },
): void {
  const reason =
    validateId(id) ??
    validateRole(role) ??
    (toMillis(megabytes) === 0 ? 'It would have no room at all' : undefined) ??
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

/** Throws Problem `conflict` for a volume that tasks use. */
export function checkUnused({ persistenceId, role, agent, taskIds }: VolumeEntry): void {
  const [first, ...others] = taskIds;
  if (first === undefined) return;
  const tasks = others.length === 0 ? `task ${first}` : `tasks ${taskIds.slice(0, 5).join(', ')}`;
  const more = taskIds.length > 5 ? ` and ${taskIds.length - 5} more` : '';
  throw new Problem(EXIT.conflict, {
    what: `Volume '${persistenceId}' of '${role}' on ${agent.hostname} is in use by ${tasks}${more}.`,
    next: `mctl task kill ${first}`,
  });
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
  if (enough === undefined) throw lacking(agent, `reserved to '${role}'`, ofDisk(megabytes), disks);
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

/** Disk that nobody has, so much of it. */
export const ofDisk = (megabytes: number): Resource => ({ name: 'disk', type: 'SCALAR', scalar: { value: megabytes } });

const diskOf = ({ disk }: Resource): Pick<Resource, 'disk'> => (disk === undefined ? {} : { disk });

const FORMS: Readonly<Record<Resource['type'], string>> = {
  SCALAR: 'an amount',
  RANGES: 'ranges',
  SET: 'a set',
  TEXT: 'a text',
};

/** `which`: said behind the amount. `there`: of that name. */
function lacking(agent: AgentEntry, which: string, wanted: Resource, there: readonly Resource[]): Problem {
  const had = (agent.agent.total_resources ?? []).find(({ name }) => name === wanted.name);
  if (had !== undefined && had.type !== wanted.type) {
    return new Problem(EXIT.usage, {
      what: `Agent ${agent.id} has ${FORMS[had.type]} of ${had.name}, and '${valueText(wanted)}' is not.`,
      why: `It has ${had.name}:${valueText(had)}.`,
    });
  }
  return new Problem(EXIT.cannotPlace, {
    what: `Agent ${agent.id} has not got ${wanted.name} ${valueText(wanted)} ${which}.`,
    why: there.length === 0 ? noneOf(agent, wanted.name) : `There is ${there.map(valueText).join(' and ')}.`,
    next: `mctl agent show ${agent.id}`,
  });
}

function noneOf({ agent }: AgentEntry, name: string): string {
  const names = [...new Set((agent.total_resources ?? []).map((one) => one.name))].sort();
  if (names.includes(name)) return 'There is nothing of the kind.';
  const near = nearest(name, names);
  return `It has ${names.join(', ')}.${near === undefined ? '' : ` Did you mean '${near}'?`}`;
}
