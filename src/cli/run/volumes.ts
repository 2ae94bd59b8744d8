// The persistent volumes that `mctl run` is to use: from what is typed to one volume each, and from that to the piece of an offer.
import type { Offer, Resource } from '../../mesos/generated/v1.ts';
import { isRoleOrBeneath } from '../../mesos/resources/roles.ts';
import { reservationRole } from '../../mesos/validation/resources.ts';
import { EXIT } from '../exit-codes.ts';
import { pick } from '../ids.ts';
import { Problem } from '../problem.ts';
import { type VolumeEntry, volumesOf } from '../reservations/reserved.ts';
import type { AgentEntry, ClusterPicture } from '../views/cluster-picture.ts';
import { attributesText, hasAttributes } from './attributes.ts';
import type { RunRequest, RunVolume } from './request.ts';

/** One --volume, as it was typed. */
export interface VolumeWish {
  /** Persistence id, with its role, or its role and agent, before it. */
  readonly id: string;
  /** Undefined = where the volume itself says. */
  readonly containerPath: string | undefined;
  readonly isReadOnly: boolean;
}

/** `ID[:CONTAINER_PATH][:ro]`. Throws Problem `usage`. */
export function volumeWish(given: string): VolumeWish {
  const [id = '', ...rest] = given.split(':');
  const mode = ['ro', 'rw'].includes(rest.at(-1) ?? '') ? rest.pop() : 'rw';
  const [containerPath] = rest;
  if (id === '' || rest.length > 1) {
    throw new Problem(EXIT.usage, {
      what: `--volume ${given} is not ID[:CONTAINER_PATH][:ro].`,
      next: 'mctl volume list',
    });
  }
  checkPath(containerPath, given);
  return { id, containerPath, isReadOnly: mode === 'ro' };
}

function checkPath(path: string | undefined, given: string): void {
  const parts = path?.split('/').filter((part) => part !== '' && part !== '.');
  if (parts === undefined || (parts.length > 0 && !parts.includes('..') && !path?.includes('\0'))) return;
  throw new Problem(EXIT.usage, {
    what: `'${path}' of --volume ${given} cannot be the place of a volume.`,
    why: 'It is a path in the sandbox of the task, or an absolute one.',
  });
}

/**
 * The request with the volumes that are meant, and with the role that they are to be had for. `role`: as it was typed. Throws
 * Problem: `notFound`, `usage` when several are meant, `cannotPlace` when they cannot be had by this run.
 */
export function withVolumes(
  request: RunRequest,
  wishes: readonly VolumeWish[],
  role: string | undefined,
  picture: ClusterPicture,
): RunRequest {
  const all = volumesOf(picture);
  const entries = wishes.map(({ id }) => meant(id, all, request, role));
  const paths = new Set<string>();
  const volumes = entries.map((entry, index): RunVolume => {
    const { containerPath = entry.containerPath, isReadOnly = false } = wishes[index] ?? {};
    const { persistenceId, isShared, agent } = entry;
    const isNew = !paths.has(containerPath) && entries.indexOf(entry) === index;
    if (!isNew) {
      throw new Problem(EXIT.usage, {
        what: `A volume is used once, at a path of its own: ${persistenceId} at '${containerPath}'.`,
      });
    }
    paths.add(containerPath);
    return { agentId: agent.id, role: entry.role, persistenceId, isShared, containerPath, isReadOnly };
  });
  const strange = entries.find(({ agent }) => agent.id !== entries[0]?.agent.id);
  if (strange !== undefined) throw apart(entries);
  return { ...request, volumes, role: role ?? roleFor(entries) };
}

/** Those that the run can have come before others of the same name. */
function meant(given: string, all: readonly VolumeEntry[], request: RunRequest, role: string | undefined): VolumeEntry {
  const isUsable = (volume: VolumeEntry): boolean =>
    (role === undefined || isRoleOrBeneath(role, volume.role)) && hasAttributes(request, volume.agent);
  const fits = ({ id, names }: VolumeEntry): boolean =>
    id === given || names.includes(given) || id.startsWith(given) || id.endsWith(`-${given}`);
  const usable = all.filter(isUsable);
  if (usable.some(fits)) return pick('volume', usable, given);
  const volume = pick('volume', all, given);
  if (!hasAttributes(request, volume.agent)) {
    throw new Problem(EXIT.cannotPlace, {
      what: `Volume '${volume.persistenceId}' is on agent ${nameOf(volume.agent)}, which has not got ${attributesText(request)}.`,
      next: 'mctl volume list -o wide',
    });
  }
  throw new Problem(EXIT.cannotPlace, {
    what: `Volume '${volume.persistenceId}' on agent ${nameOf(volume.agent)} is of role '${volume.role}', and the run is of role '${role}'.`,
    why: 'Volumes are offered to their own role and to those beneath it.',
    next: `Leave --role out, or take --role ${volume.role}.`,
  });
}

/** The role that is offered all of them: the deepest. Throws Problem `cannotPlace` when there is none. */
function roleFor(volumes: readonly VolumeEntry[]): string {
  const roles = [...new Set(volumes.map(({ role }) => role))].sort((a, b) => b.length - a.length);
  const [deepest = '*'] = roles;
  const other = roles.find((role) => !isRoleOrBeneath(deepest, role));
  if (other === undefined) return deepest;
  throw new Problem(EXIT.cannotPlace, {
    what: 'No role is offered all of these volumes.',
    why: `${volumes.map(({ persistenceId, role }) => `'${persistenceId}' is of role '${role}'`).join(', ')}.`,
  });
}

function apart(volumes: readonly VolumeEntry[]): Problem {
  return new Problem(EXIT.cannotPlace, {
    what: 'These volumes are not on one agent.',
    why: `${volumes.map(({ persistenceId, agent }) => `'${persistenceId}' is on ${nameOf(agent)}`).join(', ')}.`,
    next: 'mctl volume list',
  });
}

/** The pieces of the offer that are these volumes, seen where the run wants them; undefined when one is not in it. */
export function volumePieces(
  volumes: readonly RunVolume[],
  { agent_id, resources = [] }: Offer,
): Resource[] | undefined {
  const pieces: Resource[] = [];
  for (const { agentId, role, persistenceId, containerPath, isReadOnly } of volumes) {
    const piece = resources.find((one) => one.disk?.persistence?.id === persistenceId && reservationRole(one) === role);
    if (piece === undefined || agent_id.value !== agentId) return undefined;
    const volume = { container_path: containerPath, mode: isReadOnly ? ('RO' as const) : ('RW' as const) };
    pieces.push({ ...piece, disk: { ...piece.disk, volume } });
  }
  return pieces;
}

/** Why a run with these volumes waits for them; undefined when it is something else that it waits for. */
export function whyNoVolume(
  volumes: readonly RunVolume[],
  agents: readonly AgentEntry[],
  known: readonly VolumeEntry[],
): string | undefined {
  for (const { agentId, role, persistenceId, isShared } of volumes) {
    const agent = agents.find(({ id }) => id === agentId);
    const what = `volume '${persistenceId}'`;
    if (agent === undefined) return `agent ${agentId}, which has ${what}, is not registered`;
    if (agent.state !== 'active') return `agent ${nameOf(agent)}, which has ${what}, is ${agent.state}`;
    const volume = known.find(({ id }) => id === `${agentId}/${role}/${persistenceId}`);
    if (volume === undefined) return `${what} of role '${role}' is not on agent ${nameOf(agent)} any more`;
    const [first, ...others] = volume.taskIds;
    if (isShared || first === undefined) continue;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `${what} on agent ${nameOf(agent)} is in use by task ${first}${more}, and is not shared`;
  }
  return undefined;
}

const nameOf = ({ id, hostname }: AgentEntry): string => `${hostname} (${id})`;
