// One resource object inside a collection: an identity, a value, and how often it is there when shared.
import type { Resource, Resource_DiskInfo } from '../generated/v1.ts';
import { type Identity, sameIdentity } from './identity.ts';
import { addRanges, containsRanges, countRanges, equalRanges, type Ranges, subtractRanges, toPairs } from './ranges.ts';
import { fromMillis } from './scalar.ts';

/** Which of the value fields counts is said by `identity.kind`; the others are empty. Frozen by convention. */
export interface Item {
  readonly identity: Identity;
  /** SCALAR: thousandths. */
  readonly millis: number;
  /** RANGES. */
  readonly ranges: Ranges;
  /** SET: each once, in order of appearance. */
  readonly set: readonly string[];
  /** Shared resources count references instead of summing; 1 for all others. */
  readonly count: number;
  /** With the mount path of this use, which is no part of the identity. */
  readonly disk: Resource_DiskInfo | undefined;
}

const NO_RANGES: Ranges = [];
const NO_SET: readonly string[] = [];

/** `millis`: thousandths of a unit. `disk` differs from the identity's in the mount path of this use only. */
export const scalarItem = (
  identity: Identity,
  millis: number,
  disk: Resource_DiskInfo | undefined = identity.disk,
): Item => ({
  identity,
  millis,
  ranges: NO_RANGES,
  set: NO_SET,
  count: 1,
  disk,
});

/** `ranges` coalesced as in ranges.ts; kept, not copied. */
export const rangesItem = (identity: Identity, ranges: Ranges): Item => ({
  identity,
  millis: 0,
  ranges,
  set: NO_SET,
  count: 1,
  disk: identity.disk,
});

/** `set` without duplicates; kept, not copied. */
export const setItem = (identity: Identity, set: readonly string[]): Item => ({
  identity,
  millis: 0,
  ranges: NO_RANGES,
  set,
  count: 1,
  disk: identity.disk,
});

const withCount = (item: Item, count: number): Item => ({ ...item, count });

/** The same value under another identity of the same kind, e.g. with an allocation role. The disk of this use stays. */
export function reidentified(item: Item, identity: Identity): Item {
  if (item.identity === identity) return item;
  const { millis, ranges, set, count, disk } = item;
  return { identity, millis, ranges, set, count, disk };
}

/** Whether the value is zero or without elements. The count of a shared resource is not looked at. */
export function isEmptyItem(item: Item): boolean {
  switch (item.identity.kind) {
    case 'SCALAR':
      return item.millis === 0;
    case 'RANGES':
      return item.ranges.length === 0;
    case 'SET':
      return item.set.length === 0;
  }
}

/** Elements of a range or set; units of a scalar. */
export function quantityOf(item: Item): number {
  switch (item.identity.kind) {
    case 'SCALAR':
      return fromMillis(item.millis);
    case 'RANGES':
      return countRanges(item.ranges);
    case 'SET':
      return item.set.length;
  }
}

function equalValues(a: Item, b: Item): boolean {
  switch (a.identity.kind) {
    case 'SCALAR':
      return a.millis === b.millis;
    case 'RANGES':
      return equalRanges(a.ranges, b.ranges);
    case 'SET':
      return a.set.length === b.set.length && a.set.every((element) => b.set.includes(element));
  }
}

/** May `b` be merged into `a`? */
export function areAddable(a: Item, b: Item): boolean {
  if (!sameIdentity(a.identity, b.identity)) return false;
  if (a.identity.isShared) return equalValues(a, b);
  return !a.identity.isIndivisible;
}

/** May `b` be taken out of `a`, whatever the quantities? */
export function areSubtractable(a: Item, b: Item): boolean {
  if (!sameIdentity(a.identity, b.identity)) return false;
  return a.identity.isShared || a.identity.isIndivisible ? equalValues(a, b) : true;
}

/**
 * Whether `b` can be taken from `a`: one identity and `b` within `a`; shared ones must have the same value and `a` at
 * least as many uses (mesos-semantics.md 4.1).
 */
export function containsItem(a: Item, b: Item): boolean {
  if (!areSubtractable(a, b)) return false;
  if (a.identity.isShared) return a.count >= b.count;
  switch (a.identity.kind) {
    case 'SCALAR':
      return a.millis >= b.millis;
    case 'RANGES':
      return containsRanges(a.ranges, b.ranges);
    case 'SET':
      return b.set.every((element) => a.set.includes(element));
  }
}

/** Sum of two addable items. */
export function addItems(a: Item, b: Item): Item {
  if (a.identity.isShared) return withCount(a, a.count + b.count);
  switch (a.identity.kind) {
    case 'SCALAR':
      return scalarItem(a.identity, a.millis + b.millis, a.disk);
    case 'RANGES':
      return rangesItem(a.identity, addRanges(a.ranges, b.ranges));
    case 'SET':
      return setItem(a.identity, [...a.set, ...b.set.filter((element) => !a.set.includes(element))]);
  }
}

/** What remains of `a`; undefined when nothing does (or less than that). */
export function subtractItems(a: Item, b: Item): Item | undefined {
  if (a.identity.isShared) return a.count > b.count ? withCount(a, a.count - b.count) : undefined;
  switch (a.identity.kind) {
    case 'SCALAR':
      return a.millis > b.millis ? scalarItem(a.identity, a.millis - b.millis, a.disk) : undefined;
    case 'RANGES': {
      const ranges = subtractRanges(a.ranges, b.ranges);
      return ranges.length > 0 ? rangesItem(a.identity, ranges) : undefined;
    }
    case 'SET': {
      const set = a.set.filter((element) => !b.set.includes(element));
      return set.length > 0 ? setItem(a.identity, set) : undefined;
    }
  }
}

/** The message, in the post-reservation-refinement format, once whatever the count. */
export function itemToMessage(item: Item): Resource {
  const { identity } = item;
  const message: Resource = { name: identity.name, type: identity.kind };
  switch (identity.kind) {
    case 'SCALAR':
      message.scalar = { value: fromMillis(item.millis) };
      break;
    case 'RANGES':
      message.ranges = { range: toPairs(item.ranges).map(([begin, end]) => ({ begin, end })) };
      break;
    case 'SET':
      message.set = { item: [...item.set] };
      break;
  }
  if (item.disk !== undefined) message.disk = item.disk;
  if (identity.isRevocable) message.revocable = {};
  if (identity.isShared) message.shared = {};
  if (identity.allocationRole !== undefined) message.allocation_info = { role: identity.allocationRole };
  if (identity.providerId !== undefined) message.provider_id = { value: identity.providerId };
  if (identity.reservations.length > 0) message.reservations = identity.reservations.map((r) => ({ ...r }));
  return message;
}
