// Resources: an immutable collection of resource objects with the algebra of mesos-semantics.md 4.1. Inside, scalars are
// integers of thousandths, ranges sorted intervals, and what must agree before two objects merge is one interned identity.
import type { Resource } from './generated/v1.ts';
import { withAllocationRole } from './resources/identity.ts';
import {
  addItems,
  areAddable,
  areSubtractable,
  containsItem,
  type Item,
  isEmptyItem,
  itemToMessage,
  reidentified,
  subtractItems,
} from './resources/item.ts';
import { messageToItem } from './resources/message.ts';
import { addRanges, type Ranges, toPairs } from './resources/ranges.ts';
import { isRoleOrBeneath } from './resources/roles.ts';
import { fromMillis } from './resources/scalar.ts';
import { formatItem, parseResourceMessages } from './resources/text.ts';

export { ResourcesError } from './resources/errors.ts';
export { toBothFormats, toPostFormat, toPreFormat } from './resources/reservation-format.ts';

/** What a collection has at least one of. */
interface Traits {
  readonly hasReserved: boolean;
  readonly hasRefined: boolean;
  readonly hasRevocable: boolean;
  readonly hasShared: boolean;
  readonly hasAllocated: boolean;
  readonly hasNonScalar: boolean;
}

/**
 * An amount of resources; every operation returns a new one. Scalars are exact to a thousandth; shared volumes are
 * counted, not summed (mesos-semantics.md 4.1).
 */
export class Resources {
  static readonly EMPTY: Resources = new Resources([]);

  /** For code that counts: one entry for each distinguishable resource, none of them empty. */
  readonly items: readonly Item[];
  #traits: Traits | undefined;
  #unallocated: Resources | undefined;
  /** Of the role that was asked for last. */
  #allocated: Resources | undefined;

  private constructor(items: readonly Item[]) {
    this.items = items;
  }

  static #from(items: readonly Item[]): Resources {
    return items.length === 0 ? Resources.EMPTY : new Resources(items);
  }

  /** Either reservation format is accepted. Messages must be valid (see validateResources); empty ones vanish. */
  static of(messages: readonly Resource[] | undefined): Resources {
    if (messages === undefined || messages.length === 0) return Resources.EMPTY;
    const items: Item[] = [];
    for (const message of messages) addInto(items, messageToItem(message));
    return Resources.#from(items);
  }

  /** For code that made items of its own: those of one identity are merged, empty ones vanish. */
  static ofItems(items: Iterable<Item>): Resources {
    const merged: Item[] = [];
    for (const item of items) addInto(merged, item);
    return Resources.#from(merged);
  }

  /** Text (`cpus(role):4;ports:[1-2]`) or a JSON array of messages (mesos-api.md 13). Throws ResourcesError. */
  static parse(text: string, defaultRole = '*'): Resources {
    return Resources.of(parseResourceMessages(text, defaultRole));
  }

  static sum(parts: Iterable<Resources>): Resources {
    const items: Item[] = [];
    for (const part of parts) for (const item of part.items) addInto(items, item);
    return Resources.#from(items);
  }

  /** Messages in the post-reservation-refinement format; a shared resource once for each of its references. */
  toMessages(): Resource[] {
    const messages: Resource[] = [];
    for (const item of this.items) for (let i = 0; i < item.count; i++) messages.push(itemToMessage(item));
    return messages;
  }

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  plus(that: Resources): Resources {
    if (that.items.length === 0) return this;
    if (this.items.length === 0) return that;
    const items = [...this.items];
    for (const item of that.items) addInto(items, item);
    return new Resources(items);
  }

  /** What is not there, or not in that quantity, is subtracted as far as it goes: nothing becomes negative. */
  minus(that: Resources): Resources {
    if (that.items.length === 0 || this.items.length === 0) return this;
    if (that === this) return Resources.EMPTY;
    const items = [...this.items];
    for (const item of that.items) subtractFrom(items, item);
    return Resources.#from(items);
  }

  /** As `minus`, whatever the allocation roles in `that`: what is free of a total of which `that` is in use. */
  minusAllocated(that: Resources): Resources {
    if (!that.traits.hasAllocated) return this.minus(that);
    const items = [...this.items];
    for (const item of that.items) {
      subtractFrom(items, reidentified(item, withAllocationRole(item.identity, undefined)));
    }
    return Resources.#from(items);
  }

  contains(that: Resources): boolean {
    if (that === this) return true;
    let remaining: Item[] | undefined;
    for (const item of that.items) {
      if (!hasItem(remaining ?? this.items, item)) return false;
      // Divisible ones are there once a collection, so only these can be asked for twice.
      if (item.identity.isIndivisible) {
        remaining ??= [...this.items];
        subtractFrom(remaining, item);
      }
    }
    return true;
  }

  equals(that: Resources): boolean {
    return this === that || (this.items.length === that.items.length && this.contains(that) && that.contains(this));
  }

  /** The same with `role` as allocation role of every resource. */
  allocatedTo(role: string): Resources {
    const known = this.#allocated;
    if (known !== undefined && known.items[0]?.identity.allocationRole === role) return known;
    const allocated = this.#reallocated(role);
    if (this.items.length > 0) this.#allocated = allocated;
    return allocated;
  }

  /** The same without allocation roles: how an agent's total sees them. */
  unallocated(): Resources {
    if (!this.traits.hasAllocated) return this;
    this.#unallocated ??= this.#reallocated(undefined);
    return this.#unallocated;
  }

  #reallocated(role: string | undefined): Resources {
    if (this.items.length === 0) return this;
    const items: Item[] = [];
    // Of one allocation role (or none) each stays what it was; of several, two may become the same thing.
    const before = (this.items[0] as Item).identity.allocationRole;
    let isUniform = true;
    for (const { identity } of this.items) if (identity.allocationRole !== before) isUniform = false;
    if (isUniform && before === role) return this;
    for (const item of this.items) {
      const other = reidentified(item, withAllocationRole(item.identity, role));
      if (isUniform) items.push(other);
      else addInto(items, other);
    }
    const result = new Resources(items);
    if (isUniform && before === undefined) result.#unallocated = this;
    return result;
  }

  /** Allocation roles in it, each once. */
  allocationRoles(): string[] {
    const roles = new Set<string>();
    for (const { identity } of this.items)
      if (identity.allocationRole !== undefined) roles.add(identity.allocationRole);
    return [...roles];
  }

  /** The part with this allocation role. */
  ofAllocationRole(role: string): Resources {
    return this.select((item) => item.identity.allocationRole === role);
  }

  unreserved(): Resources {
    return this.traits.hasReserved ? this.select((item) => item.identity.role === undefined) : this;
  }

  /** Reserved to `role` exactly, or to any role. */
  reserved(role?: string): Resources {
    if (!this.traits.hasReserved) return Resources.EMPTY;
    return this.select(({ identity }) => identity.role !== undefined && (role === undefined || identity.role === role));
  }

  /** Role → what is reserved to it, roles in order of appearance. */
  reservations(): Map<string, Resources> {
    const byRole = new Map<string, Resources>();
    for (const { identity } of this.items) {
      if (identity.role !== undefined && !byRole.has(identity.role))
        byRole.set(identity.role, this.reserved(identity.role));
    }
    return byRole;
  }

  /** What a framework of `role` may be given: unreserved, or reserved to the role or an ancestor of it. */
  allocatableTo(role: string): Resources {
    if (!this.traits.hasReserved) return this;
    return this.select(({ identity }) => identity.role === undefined || isRoleOrBeneath(role, identity.role));
  }

  revocable(): Resources {
    return this.traits.hasRevocable ? this.select((item) => item.identity.isRevocable) : Resources.EMPTY;
  }

  nonRevocable(): Resources {
    return this.traits.hasRevocable ? this.select((item) => !item.identity.isRevocable) : this;
  }

  shared(): Resources {
    return this.traits.hasShared ? this.select((item) => item.identity.isShared) : Resources.EMPTY;
  }

  nonShared(): Resources {
    return this.traits.hasShared ? this.select((item) => !item.identity.isShared) : this;
  }

  /** Without reservations of two or more levels, which only RESERVATION_REFINEMENT frameworks understand. */
  withoutRefined(): Resources {
    return this.traits.hasRefined ? this.select((item) => item.identity.reservations.length < 2) : this;
  }

  persistentVolumes(): Resources {
    return this.select((item) => item.identity.disk?.persistence !== undefined);
  }

  scalars(): Resources {
    return this.traits.hasNonScalar ? this.select((item) => item.identity.kind === 'SCALAR') : this;
  }

  /** name → total of the scalars, in units (not thousandths), names in order of appearance. */
  quantities(): Map<string, number> {
    const millis = new Map<string, number>();
    for (const item of this.items) {
      if (item.identity.kind !== 'SCALAR') continue;
      const { name } = item.identity;
      millis.set(name, (millis.get(name) ?? 0) + item.millis);
    }
    for (const [name, total] of millis) millis.set(name, fromMillis(total));
    return millis;
  }

  /** Total of the scalars of this name, in units; undefined when there is none. */
  scalar(name: string): number | undefined {
    let total: number | undefined;
    for (const item of this.items) {
      if (item.identity.name === name && item.identity.kind === 'SCALAR') total = (total ?? 0) + item.millis;
    }
    return total === undefined ? undefined : fromMillis(total);
  }

  /** Intervals [begin, end] of all ranges of this name, coalesced, ascending. */
  ranges(name: string): readonly (readonly [number, number])[] {
    let all: Ranges = [];
    for (const item of this.items) {
      if (item.identity.name === name && item.identity.kind === 'RANGES') all = addRanges(all, item.ranges);
    }
    return toPairs(all);
  }

  /** Elements of all sets of this name, each once. */
  set(name: string): readonly string[] {
    const elements = new Set<string>();
    for (const item of this.items) {
      if (item.identity.name !== name || item.identity.kind !== 'SET') continue;
      for (const element of item.set) elements.add(element);
    }
    return [...elements];
  }

  /** Names, each once, in order of appearance. */
  names(): string[] {
    return [...new Set(this.items.map((item) => item.identity.name))];
  }

  /** Keeps those of whose message `keep` says yes. */
  filter(keep: (resource: Resource) => boolean): Resources {
    return this.select((item) => keep(itemToMessage(item)));
  }

  /** As `filter`, for code that knows items. */
  select(keep: (item: Item) => boolean): Resources {
    const items = this.items.filter(keep);
    return items.length === this.items.length ? this : Resources.#from(items);
  }

  /** As the original prints them: `cpus:4; mem(reservations: [(STATIC,eng)]):512`. */
  format(): string {
    const parts: string[] = [];
    for (const item of this.items) for (let i = 0; i < item.count; i++) parts.push(formatItem(item));
    return parts.join('; ');
  }

  get traits(): Traits {
    this.#traits ??= traitsOf(this.items);
    return this.#traits;
  }
}

function hasItem(items: readonly Item[], wanted: Item): boolean {
  for (let i = 0; i < items.length; i++) if (containsItem(items[i] as Item, wanted)) return true;
  return false;
}

function addInto(items: Item[], added: Item): void {
  if (isEmptyItem(added)) return;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    if (areAddable(item, added)) {
      items[i] = addItems(item, added);
      return;
    }
  }
  items.push(added);
}

/** The last item takes the place of one that is used up, as in the original: the order is seen in offers. */
function subtractFrom(items: Item[], subtracted: Item): void {
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    if (!areSubtractable(item, subtracted)) continue;
    const rest = subtractItems(item, subtracted);
    if (rest !== undefined) {
      items[i] = rest;
      return;
    }
    const last = items.pop();
    if (last !== undefined && i < items.length) items[i] = last;
    return;
  }
}

/** Each combination of traits is one object. */
const TRAITS: readonly Traits[] = Array.from({ length: 64 }, (_, bits) => ({
  hasReserved: (bits & 1) !== 0,
  hasRefined: (bits & 2) !== 0,
  hasRevocable: (bits & 4) !== 0,
  hasShared: (bits & 8) !== 0,
  hasAllocated: (bits & 16) !== 0,
  hasNonScalar: (bits & 32) !== 0,
}));

function traitsOf(items: readonly Item[]): Traits {
  let bits = 0;
  for (const { identity } of items) bits |= identity.traits;
  return TRAITS[bits] as Traits;
}
