// The algebra of mesos-semantics.md 4.1 in its plainest form: a collection is a list of [identity, value] entries; integers are
// BigInt thousandths, ranges are sets of single numbers. Slow and obvious, to compare the real one with.
import type { Resource } from '../../../src/mesos/generated/v1.ts';
import fc from '../../fast-check.ts';

type Value = { millis: bigint } | { elements: Set<string> };
interface Entry {
  readonly identity: string;
  readonly isWhole: boolean;
  readonly isShared: boolean;
  value: Value;
  count: number;
}

export class NaiveResources {
  readonly entries: Entry[] = [];

  static of(messages: readonly Resource[]): NaiveResources {
    const model = new NaiveResources();
    for (const message of messages) model.#add(toEntry(message));
    return model;
  }

  plus(that: NaiveResources): NaiveResources {
    const sum = this.#copy();
    for (const entry of that.entries) sum.#add(entry);
    return sum;
  }

  minus(that: NaiveResources): NaiveResources {
    const rest = this.#copy();
    for (const entry of that.entries) rest.#take(entry);
    return rest;
  }

  contains(that: NaiveResources): boolean {
    const rest = this.#copy();
    return that.entries.every((entry) => {
      const holder = rest.entries.find((candidate) => covers(candidate, entry));
      if (holder === undefined) return false;
      rest.#take(entry);
      return true;
    });
  }

  /** One line for each entry, sorted: equal texts, equal collections. */
  describe(): string[] {
    return this.entries.map((entry) => `${entry.identity} ${show(entry.value)} x${entry.count}`).sort();
  }

  #copy(): NaiveResources {
    const copy = new NaiveResources();
    for (const entry of this.entries) copy.entries.push({ ...entry, value: cloned(entry.value) });
    return copy;
  }

  #add(added: Entry): void {
    if (isNothing(added.value)) return;
    const known = this.entries.find(
      (entry) =>
        entry.identity === added.identity &&
        (entry.isShared ? show(entry.value) === show(added.value) : !entry.isWhole),
    );
    if (known === undefined) this.entries.push({ ...added, value: cloned(added.value) });
    else if (known.isShared) known.count += added.count;
    else if ('millis' in known.value && 'millis' in added.value) known.value.millis += added.value.millis;
    else if ('elements' in known.value && 'elements' in added.value) {
      for (const element of added.value.elements) known.value.elements.add(element);
    }
  }

  #take(taken: Entry): void {
    const index = this.entries.findIndex(
      (entry) =>
        entry.identity === taken.identity &&
        (entry.isShared || entry.isWhole ? show(entry.value) === show(taken.value) : true),
    );
    const entry = this.entries[index];
    if (entry === undefined) return;
    let isGone = false;
    if (entry.isShared) {
      entry.count -= taken.count;
      isGone = entry.count <= 0;
    } else if ('millis' in entry.value && 'millis' in taken.value) {
      entry.value.millis -= taken.value.millis;
      isGone = entry.value.millis <= 0n;
    } else if ('elements' in entry.value && 'elements' in taken.value) {
      for (const element of taken.value.elements) entry.value.elements.delete(element);
      isGone = entry.value.elements.size === 0;
    }
    if (isGone) this.entries.splice(index, 1);
  }
}

function covers(entry: Entry, wanted: Entry): boolean {
  if (entry.identity !== wanted.identity) return false;
  if (entry.isShared) return show(entry.value) === show(wanted.value) && entry.count >= wanted.count;
  if (entry.isWhole) return show(entry.value) === show(wanted.value);
  if ('millis' in entry.value && 'millis' in wanted.value) return entry.value.millis >= wanted.value.millis;
  if (!('elements' in entry.value) || !('elements' in wanted.value)) return false;
  const { elements } = entry.value;
  return [...wanted.value.elements].every((element) => elements.has(element));
}

function toEntry(message: Resource): Entry {
  const { name, type, scalar, ranges, set, disk, reservations, allocation_info, revocable, shared } = message;
  const source = disk?.source;
  return {
    identity: JSON.stringify([
      name,
      type,
      reservations,
      allocation_info,
      revocable,
      shared,
      disk?.persistence?.id,
      source,
    ]),
    isWhole: disk?.persistence !== undefined || source?.type === 'MOUNT',
    isShared: shared !== undefined,
    count: 1,
    value:
      type === 'SCALAR'
        ? { millis: BigInt(Math.round((scalar?.value ?? 0) * 1000)) }
        : type === 'SET'
          ? { elements: new Set(set?.item) }
          : { elements: new Set((ranges?.range ?? []).flatMap(({ begin, end }) => numbers(begin, end))) },
  };
}

const numbers = (begin: number, end: number): string[] =>
  Array.from({ length: end - begin + 1 }, (_, i) => String(begin + i));
const isNothing = (value: Value): boolean => ('millis' in value ? value.millis === 0n : value.elements.size === 0);
const show = (value: Value): string => ('millis' in value ? `${value.millis}` : [...value.elements].sort().join());
const cloned = (value: Value): Value =>
  'millis' in value ? { millis: value.millis } : { elements: new Set(value.elements) };

const reservations = fc.constantFrom<Resource['reservations']>(
  undefined,
  undefined,
  [{ type: 'STATIC', role: 'eng' }],
  [{ type: 'DYNAMIC', role: 'eng', principal: 'p' }],
  [
    { type: 'STATIC', role: 'eng' },
    { type: 'DYNAMIC', role: 'eng/web' },
  ],
);
const identity = fc.record({
  reservations,
  role: fc.constantFrom(undefined, undefined, 'eng', 'ops'),
  isRevocable: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});
const scalar = fc
  .integer({ min: 0, max: 4000 })
  .map((millis) => ({ type: 'SCALAR' as const, scalar: { value: millis / 1000 } }));
const ranges = fc.uniqueArray(fc.integer({ min: 0, max: 24 }), { maxLength: 8 }).map((points) => ({
  type: 'RANGES' as const,
  ranges: { range: points.map((begin) => ({ begin, end: begin + (begin % 2) })) },
}));
const set = fc
  .uniqueArray(fc.constantFrom('sda', 'sdb', 'sdc'))
  .map((item) => ({ type: 'SET' as const, set: { item } }));
const plain = fc.oneof(
  fc.tuple(fc.constantFrom('cpus', 'mem'), scalar),
  fc.tuple(fc.constant('ports'), ranges),
  fc.tuple(fc.constant('disks'), set),
);
const disk = fc.constantFrom<Partial<Resource>>(
  { disk: { source: { type: 'MOUNT', mount: { root: '/m' } } } },
  { disk: { source: { type: 'PATH', path: { root: '/p' } } } },
  { disk: { persistence: { id: 'v' }, volume: { container_path: 'data', mode: 'RW' } }, shared: {} },
  { disk: { persistence: { id: 'w' }, volume: { container_path: 'data', mode: 'RW' } } },
);

/** Valid messages, few names and small numbers, so that they meet. */
export const resourceMessages: fc.Arbitrary<Resource[]> = fc.array(
  fc.oneof(
    fc.tuple(plain, identity).map(([[name, value], parts]) => withIdentity({ name, ...value }, parts)),
    fc
      .tuple(disk, fc.constantFrom(1, 2), identity)
      .map(([extra, megabytes, parts]) =>
        withIdentity({ name: 'disk', type: 'SCALAR', scalar: { value: megabytes }, ...extra }, parts),
      ),
  ),
  { maxLength: 7 },
);

function withIdentity(
  message: Resource,
  parts: { reservations: Resource['reservations']; role: string | undefined; isRevocable: boolean },
): Resource {
  const result: Resource = { ...message };
  if (parts.reservations !== undefined) result.reservations = parts.reservations;
  if (parts.role !== undefined) result.allocation_info = { role: parts.role };
  if (parts.isRevocable) result.revocable = {};
  return result;
}
