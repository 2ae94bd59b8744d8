// What operations make of resources (mesos-semantics.md 4.1).
import { describe, expect, it } from 'vitest';
import type { Offer_Operation, Resource } from '../../../src/mesos/generated/v1.ts';
import { asConfigured, conversionsOf, convert, isMadeByOperation } from '../../../src/mesos/resources/conversion.ts';
import { Resources } from '../../../src/mesos/resources.ts';

const scalar = (name: string, value: number, ...roles: string[]): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...(roles.length > 0 && { reservations: roles.map((role) => ({ type: 'DYNAMIC' as const, role, principal: 'p' })) }),
});

const volume = (value: number, id = 'v', more: Partial<Resource> = {}): Resource => ({
  ...scalar('disk', value, 'eng'),
  disk: { persistence: { id, principal: 'p' }, volume: { container_path: 'data', mode: 'RW' } },
  ...more,
});

/** What becomes of the resources: text of them, or why nothing does. */
function outcome(resources: Resources, ...operations: Offer_Operation[]): string {
  let present = resources;
  for (const operation of operations) {
    const result = convert(present, conversionsOf(operation));
    if (result.kind === 'lacking') return result.problem;
    present = result.resources;
  }
  return present.format();
}

const reserve = (...resources: Resource[]): Offer_Operation => ({ type: 'RESERVE', reserve: { resources } });
const unreserve = (...resources: Resource[]): Offer_Operation => ({ type: 'UNRESERVE', unreserve: { resources } });
const create = (...volumes: Resource[]): Offer_Operation => ({ type: 'CREATE', create: { volumes } });
const destroy = (...volumes: Resource[]): Offer_Operation => ({ type: 'DESTROY', destroy: { volumes } });

const FREE = Resources.parse('cpus:4;disk:100');

describe('reservations', () => {
  it('push one entry and take it away again', () => {
    expect(outcome(FREE, reserve(scalar('cpus', 1, 'eng')))).toBe(
      'cpus:3; disk:100; cpus(reservations: [(DYNAMIC,eng,p)]):1',
    );
    expect(outcome(FREE, reserve(scalar('cpus', 1, 'eng')), unreserve(scalar('cpus', 1, 'eng')))).toBe(
      'cpus:4; disk:100',
    );
  });

  it('are refined one level at a time', () => {
    const refined = scalar('cpus', 1, 'eng', 'eng/web');
    expect(outcome(FREE, reserve(refined))).toContain('does not contain cpus(reservations: [(DYNAMIC,eng,p)]):1');
    expect(outcome(FREE, reserve(scalar('cpus', 2, 'eng')), reserve(refined))).toBe(
      'cpus:2; disk:100; cpus(reservations: [(DYNAMIC,eng,p)]):1; cpus(reservations: [(DYNAMIC,eng,p),(DYNAMIC,eng/web,p)]):1',
    );
    expect(outcome(FREE, reserve(scalar('cpus', 2, 'eng')), reserve(refined), unreserve(refined))).toBe(
      'cpus:2; disk:100; cpus(reservations: [(DYNAMIC,eng,p)]):2',
    );
  });

  it('move from one role to another when their source is named', () => {
    const moved: Offer_Operation = {
      type: 'RESERVE',
      reserve: { source: [scalar('cpus', 1, 'eng')], resources: [scalar('cpus', 1, 'ops')] },
    };
    expect(outcome(FREE, reserve(scalar('cpus', 1, 'eng')), moved)).toContain(
      'cpus(reservations: [(DYNAMIC,ops,p)]):1',
    );
  });

  it('are all there or none is made', () => {
    expect(outcome(FREE, reserve(scalar('cpus', 1, 'eng'), scalar('mem', 1, 'eng')))).toContain(
      'does not contain mem:1',
    );
  });
});

describe('volumes', () => {
  const reserved = Resources.of([scalar('disk', 100, 'eng')]);

  it('are made of reserved disk and become that again', () => {
    expect(outcome(reserved, create(volume(64)))).toBe(
      'disk(reservations: [(DYNAMIC,eng,p)]):36; disk(reservations: [(DYNAMIC,eng,p)])[v:data]:64',
    );
    expect(outcome(reserved, create(volume(64)), destroy(volume(64)))).toBe(
      'disk(reservations: [(DYNAMIC,eng,p)]):100',
    );
  });

  it('keep the source of their disk', () => {
    const source = { type: 'MOUNT' as const, mount: { root: '/mnt/1' } };
    const mounted = { ...volume(100), disk: { ...volume(100).disk, source } };
    const plain = Resources.of([{ ...scalar('disk', 100, 'eng'), disk: { source } }]);
    expect(outcome(plain, create(mounted), destroy(mounted))).toBe(plain.format());
  });

  it('that are shared go with all their uses', () => {
    const shared = volume(64, 'v', { shared: {} });
    const twice = Resources.of([shared, shared, scalar('disk', 36, 'eng')]);
    expect(outcome(twice, destroy(shared))).toBe('disk(reservations: [(DYNAMIC,eng,p)]):100');
  });

  it('grow and shrink, and nothing is lost by it', () => {
    const grow: Offer_Operation = {
      type: 'GROW_VOLUME',
      grow_volume: { volume: volume(64), addition: scalar('disk', 16, 'eng') },
    };
    const shrink: Offer_Operation = {
      type: 'SHRINK_VOLUME',
      shrink_volume: { volume: volume(80), subtract: { value: 16 } },
    };
    expect(outcome(reserved, create(volume(64)), grow)).toBe(
      'disk(reservations: [(DYNAMIC,eng,p)]):20; disk(reservations: [(DYNAMIC,eng,p)])[v:data]:80',
    );
    expect(outcome(reserved, create(volume(64)), grow, shrink)).toBe(outcome(reserved, create(volume(64))));
  });

  it('by less than a thousandth more or less than they say, which is rounded once', () => {
    const shrink: Offer_Operation = {
      type: 'SHRINK_VOLUME',
      shrink_volume: { volume: volume(64), subtract: { value: 0.0015 } },
    };
    expect(outcome(Resources.of([volume(64)]), shrink)).toBe(
      'disk(reservations: [(DYNAMIC,eng,p)])[v:data]:63.998; disk(reservations: [(DYNAMIC,eng,p)]):0.002',
    );
    const grow_volume = { volume: volume(64.0005), addition: scalar('disk', 1.0005, 'eng') };
    const there = Resources.of([grow_volume.volume, grow_volume.addition]);
    expect(outcome(there, { type: 'GROW_VOLUME', grow_volume })).toBe(
      'disk(reservations: [(DYNAMIC,eng,p)])[v:data]:65.002',
    );
  });
});

it('says of a resource whether an operation made it, and what it was by the flags', () => {
  expect([scalar('cpus', 1), scalar('cpus', 1, 'eng'), volume(1)].map(isMadeByOperation)).toEqual([false, true, true]);
  const onStatic = volume(5, 'v', {
    reservations: [
      { type: 'STATIC', role: 'eng' },
      { type: 'DYNAMIC', role: 'eng/web' },
    ],
  });
  expect(asConfigured(onStatic)).toEqual({ ...scalar('disk', 5), reservations: [{ type: 'STATIC', role: 'eng' }] });
  expect(asConfigured(volume(5))).toEqual(scalar('disk', 5));
});
