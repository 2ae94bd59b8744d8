// Resources: an immutable collection of resource objects with the algebra of mesos-semantics.md 4.1.
import type { Resource } from './generated/v1.ts';

const unbuilt = (): never => {
  throw new Error('published ahead of its body');
};

export class Resources {
  static readonly EMPTY: Resources = new Resources();
  /** Either reservation format is accepted. Messages must be valid (see validateResources); empty ones vanish. */
  static of(_messages: readonly Resource[] | undefined): Resources {
    return unbuilt();
  }
  /** Text (`cpus(role):4;ports:[1-2]`) or a JSON array. Throws ResourcesError. */
  static parse(_text: string, _defaultRole = '*'): Resources {
    return unbuilt();
  }
  /** Sum of several. */
  static sum(_parts: Iterable<Resources>): Resources {
    return unbuilt();
  }
  /** Messages in the post-reservation-refinement format. */
  toMessages(): Resource[] {
    return unbuilt();
  }
  get isEmpty(): boolean {
    return unbuilt();
  }
  plus(_that: Resources): Resources {
    return unbuilt();
  }
  minus(_that: Resources): Resources {
    return unbuilt();
  }
  contains(_that: Resources): boolean {
    return unbuilt();
  }
  equals(_that: Resources): boolean {
    return unbuilt();
  }
  /** The same with `role` as allocation role of every resource. */
  allocatedTo(_role: string): Resources {
    return unbuilt();
  }
  unallocated(): Resources {
    return unbuilt();
  }
  /** Allocation roles in it, each once. */
  allocationRoles(): string[] {
    return unbuilt();
  }
  /** The part with this allocation role. */
  ofAllocationRole(_role: string): Resources {
    return unbuilt();
  }
  unreserved(): Resources {
    return unbuilt();
  }
  /** Reserved to `role`, or to any role. */
  reserved(_role?: string): Resources {
    return unbuilt();
  }
  /** Role → what is reserved to it. */
  reservations(): Map<string, Resources> {
    return unbuilt();
  }
  allocatableTo(_role: string): Resources {
    return unbuilt();
  }
  revocable(): Resources {
    return unbuilt();
  }
  nonRevocable(): Resources {
    return unbuilt();
  }
  shared(): Resources {
    return unbuilt();
  }
  nonShared(): Resources {
    return unbuilt();
  }
  persistentVolumes(): Resources {
    return unbuilt();
  }
  scalars(): Resources {
    return unbuilt();
  }
  /** name → total of the scalars, in units (not thousandths), names in order of appearance. */
  quantities(): Map<string, number> {
    return unbuilt();
  }
  /** Total of the scalars of this name; undefined when there is none. */
  scalar(_name: string): number | undefined {
    return unbuilt();
  }
  /** Intervals [begin, end] of all ranges of this name, coalesced. */
  ranges(_name: string): readonly (readonly [number, number])[] {
    return unbuilt();
  }
  set(_name: string): readonly string[] {
    return unbuilt();
  }
  /** Names, each once, in order of appearance. */
  names(): string[] {
    return unbuilt();
  }
  /** Keeps those of whose message `keep` says yes. */
  filter(_keep: (resource: Resource) => boolean): Resources {
    return unbuilt();
  }
  /** As the original prints them: `cpus:4; mem(eng):512`. */
  format(): string {
    return unbuilt();
  }
}
