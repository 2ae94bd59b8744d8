// What two resource objects must agree on to be the same kind of thing (mesos-semantics.md 4.1): everything but the value.
// Identities are interned: the same one is the same object while the table holds it, so most comparisons are of pointers.
import type { Resource_DiskInfo, Resource_ReservationInfo } from '../generated/v1.ts';

export type ResourceKind = 'SCALAR' | 'RANGES' | 'SET';

/** One entry of a reservation stack, as in the message; type and role are always there. */
export interface Reservation extends Resource_ReservationInfo {
  readonly type: 'STATIC' | 'DYNAMIC';
  readonly role: string;
}

/** The parts an identity is made of. */
export interface IdentityParts {
  readonly name: string;
  readonly kind: ResourceKind;
  /** First to last: the last is the one in force. */
  readonly reservations: readonly Reservation[];
  readonly allocationRole: string | undefined;
  readonly disk: Resource_DiskInfo | undefined;
  readonly providerId: string | undefined;
  readonly isRevocable: boolean;
  readonly isShared: boolean;
}

/** Interned: see `internIdentity`. */
export interface Identity extends IdentityParts {
  /** Equal keys, equal identities. */
  readonly key: string;
  /** Role of the last reservation; undefined when unreserved. */
  readonly role: string | undefined;
  /** MOUNT and BLOCK disks, RAW disks with an id and persistent volumes: taken whole or not at all, never merged. */
  readonly isIndivisible: boolean;
  /** Bits: 1 reserved, 2 refined, 4 revocable, 8 shared, 16 allocated, 32 no scalar. */
  readonly traits: number;
}

/** More than this many and the table starts afresh: names and labels come from clients. */
const TABLE_LIMIT = 50_000;
const NO_RESERVATIONS: readonly Reservation[] = [];

const table = new Map<string, Identity>();
const plainTables: Record<ResourceKind, Map<string, Identity>> = {
  SCALAR: new Map(),
  RANGES: new Map(),
  SET: new Map(),
};
const reallocated = new WeakMap<Identity, Map<string | undefined, Identity>>();

/**
 * Whether values of the two may be added and subtracted. Not by pointer alone: the intern table may have been emptied
 * between the two.
 */
export const sameIdentity = (a: Identity, b: Identity): boolean => a === b || a.key === b.key;

/** Unreserved, no disk, no provider, neither revocable nor shared, not allocated: most of what there is. */
export function plainIdentity(name: string, kind: ResourceKind): Identity {
  const plain = plainTables[kind];
  const known = plain.get(name);
  if (known !== undefined) return known;
  if (plain.size >= TABLE_LIMIT) plain.clear();
  const identity = internIdentity({
    name,
    kind,
    reservations: NO_RESERVATIONS,
    allocationRole: undefined,
    disk: undefined,
    providerId: undefined,
    isRevocable: false,
    isShared: false,
  });
  plain.set(name, identity);
  return identity;
}

/** The one identity of these parts. The table is bounded and emptied when full, so compare with `sameIdentity`. */
export function internIdentity(parts: IdentityParts): Identity {
  const key = identityKey(parts);
  const known = table.get(key);
  if (known !== undefined) return known;
  if (table.size >= TABLE_LIMIT) table.clear();
  const identity: Identity = {
    ...parts,
    key,
    role: parts.reservations.at(-1)?.role,
    isIndivisible: isIndivisible(parts.disk),
    traits: traitBits(parts),
  };
  table.set(key, identity);
  return identity;
}

/** The same thing allocated to `role`, or to none. */
export function withAllocationRole(identity: Identity, role: string | undefined): Identity {
  if (identity.allocationRole === role) return identity;
  let byRole = reallocated.get(identity);
  if (byRole === undefined || byRole.size >= TABLE_LIMIT) {
    byRole = new Map();
    reallocated.set(identity, byRole);
  }
  let other = byRole.get(role);
  if (other === undefined) {
    other = internIdentity({ ...identityParts(identity), allocationRole: role });
    byRole.set(role, other);
  }
  return other;
}

function identityParts(identity: Identity): IdentityParts {
  const { name, kind, reservations, allocationRole, disk, providerId, isRevocable, isShared } = identity;
  return { name, kind, reservations, allocationRole, disk, providerId, isRevocable, isShared };
}

function traitBits(parts: IdentityParts): number {
  const { reservations, isRevocable, isShared, allocationRole, kind } = parts;
  return (
    (reservations.length > 0 ? 1 : 0) +
    (reservations.length > 1 ? 2 : 0) +
    (isRevocable ? 4 : 0) +
    (isShared ? 8 : 0) +
    (allocationRole !== undefined ? 16 : 0) +
    (kind === 'SCALAR' ? 0 : 32)
  );
}

function isIndivisible(disk: Resource_DiskInfo | undefined): boolean {
  if (disk === undefined) return false;
  if (disk.persistence !== undefined) return true;
  const source = disk.source;
  if (source === undefined) return false;
  return source.type === 'MOUNT' || source.type === 'BLOCK' || (source.type === 'RAW' && source.id !== undefined);
}

/**
 * Of a disk: the persistence id and the source. Not `volume`, which says how a task mounts it, and not the principal of
 * the persistence: the original leaves both out of its comparison, and a launch may name another mount path.
 */
function identityKey(parts: IdentityParts): string {
  const { disk } = parts;
  const source = disk?.source;
  return JSON.stringify([
    parts.name,
    parts.kind,
    parts.allocationRole ?? null,
    (parts.isRevocable ? 1 : 0) + (parts.isShared ? 2 : 0),
    parts.providerId ?? null,
    parts.reservations.map((r) => [r.type, r.role, r.principal ?? null, labelsKey(r.labels)]),
    disk && [
      disk.persistence?.id ?? null,
      source && [
        source.type,
        source.path === undefined ? null : [source.path.root ?? null],
        source.mount === undefined ? null : [source.mount.root ?? null],
        source.id ?? null,
        source.profile ?? null,
        source.vendor ?? null,
        labelsKey(source.metadata),
      ],
    ],
  ]);
}

/** Labels are compared as a bag, whatever their order. */
function labelsKey(labels: Resource_ReservationInfo['labels']): readonly string[] | null {
  if (labels === undefined) return null;
  return (labels.labels ?? []).map((label) => JSON.stringify([label.key, label.value ?? null])).sort();
}
