import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import fc from '../../fast-check.ts';
import { NaiveResources, resourceMessages } from './naive-model.ts';

const runs = { numRuns: Number(process.env.MCTL_PROPERTY_RUNS ?? 400) };
/** As the model sees it; the shared count is kept by naming it as often. */
const described = (resources: Resources): string[] => NaiveResources.of(resources.toMessages()).describe();
const parse = (text: string): Resources => Resources.parse(text);

describe('the algebra of resources, beside a naive model', () => {
  it('adds as the model does', () => {
    fc.assert(
      fc.property(resourceMessages, resourceMessages, (a, b) => {
        const sum = Resources.of(a).plus(Resources.of(b));
        expect(described(sum)).toEqual(NaiveResources.of(a).plus(NaiveResources.of(b)).describe());
      }),
      runs,
    );
  });

  it('subtracts as the model does', () => {
    fc.assert(
      fc.property(resourceMessages, resourceMessages, (a, b) => {
        const rest = Resources.of(a).minus(Resources.of(b));
        expect(described(rest)).toEqual(NaiveResources.of(a).minus(NaiveResources.of(b)).describe());
      }),
      runs,
    );
  });

  it('contains what the model says it contains', () => {
    fc.assert(
      fc.property(resourceMessages, resourceMessages, fc.boolean(), (a, b, isSum) => {
        const whole = isSum ? [...a, ...b] : a;
        expect(Resources.of(whole).contains(Resources.of(b))).toBe(
          NaiveResources.of(whole).contains(NaiveResources.of(b)),
        );
      }),
      runs,
    );
  });

  it('gives back what was added once it is taken away', () => {
    fc.assert(
      fc.property(resourceMessages, resourceMessages, (a, b) => {
        const [left, right] = [Resources.of(a), Resources.of(b)];
        const sum = left.plus(right);
        expect(sum.contains(left) && sum.contains(right)).toBe(true);
        // Elements that both have are one element of the sum, so only scalars come back in full.
        expect(sum.minus(right).scalars().equals(left.scalars())).toBe(true);
        expect(sum.minus(sum).isEmpty).toBe(true);
      }),
      runs,
    );
  });

  it('comes back the same from messages, and from messages in any order', () => {
    fc.assert(
      fc.property(resourceMessages, (a) => {
        const resources = Resources.of(a);
        expect(Resources.of(resources.toMessages()).equals(resources)).toBe(true);
        expect(Resources.of([...a].reverse()).equals(resources)).toBe(true);
      }),
      runs,
    );
  });

  it('splits into parts that sum up to the whole', () => {
    fc.assert(
      fc.property(resourceMessages, (a) => {
        const all = Resources.of(a);
        expect(all.unreserved().plus(all.reserved()).equals(all)).toBe(true);
        expect(all.revocable().plus(all.nonRevocable()).equals(all)).toBe(true);
        expect(all.shared().plus(all.nonShared()).equals(all)).toBe(true);
        expect(Resources.sum([...all.reservations().values(), all.unreserved()]).equals(all)).toBe(true);
        expect(all.allocatedTo('x').allocationRoles()).toEqual(all.isEmpty ? [] : ['x']);
        expect(all.unallocated().allocatedTo('x').unallocated().equals(all.unallocated())).toBe(true);
        expect(all.minusAllocated(all).isEmpty || !all.traits.hasShared || all.traits.hasAllocated).toBe(true);
      }),
      runs,
    );
  });

  it('leaves its operands as they were', () => {
    fc.assert(
      fc.property(resourceMessages, resourceMessages, (a, b) => {
        const [left, right] = [Resources.of(a), Resources.of(b)];
        const before = left.format();
        left.plus(right);
        left.minus(right);
        left.allocatedTo('x');
        expect(left.format()).toBe(before);
      }),
      runs,
    );
  });
});

describe('resources', () => {
  it('count in thousandths, so that sums do not drift', () => {
    let sum = Resources.EMPTY;
    for (let i = 0; i < 1000; i++) sum = sum.plus(parse('cpus:0.1'));
    expect(sum.scalar('cpus')).toBe(100);
    expect(sum.minus(parse('cpus:99.9')).equals(parse('cpus:0.1'))).toBe(true);
  });

  it('round half a thousandth away from zero', () => {
    expect(parse('cpus:1.0005').scalar('cpus')).toBe(1.001);
    expect(parse('cpus:1.0004').scalar('cpus')).toBe(1);
  });

  it('are equal when empty, whatever was written', () => {
    expect(parse('cpus:0;ports:[]').equals(Resources.EMPTY)).toBe(true);
    expect(parse('cpus:0').isEmpty).toBe(true);
  });

  it('coalesce ranges', () => {
    expect(parse('ports:[1-3];ports:[4-5, 8-9]').format()).toBe('ports:[1-5, 8-9]');
    expect(parse('ports:[1-10]').minus(parse('ports:[3-4, 9-20]')).ranges('ports')).toEqual([
      [1, 2],
      [5, 8],
    ]);
  });

  it('never merge indivisible disks, even equal ones', () => {
    const mount: Resource = {
      name: 'disk',
      type: 'SCALAR',
      scalar: { value: 10 },
      disk: { source: { type: 'MOUNT', mount: { root: '/m' } } },
    };
    const two = Resources.of([mount, mount]);
    expect(two.toMessages()).toHaveLength(2);
    expect(two.contains(Resources.of([mount, mount]))).toBe(true);
    expect(two.contains(Resources.of([mount, mount, mount]))).toBe(false);
    expect(two.contains(Resources.of([{ ...mount, scalar: { value: 20 } }]))).toBe(false);
    expect(Resources.of([mount]).contains(Resources.of([{ ...mount, scalar: { value: 5 } }]))).toBe(false);
  });

  it('do not tell volumes apart by where a task mounts them', () => {
    const volume = (container_path: string): Resource => ({
      name: 'disk',
      type: 'SCALAR',
      scalar: { value: 10 },
      reservations: [{ type: 'DYNAMIC', role: 'eng' }],
      disk: { persistence: { id: 'v' }, volume: { container_path, mode: 'RW' } },
    });
    expect(Resources.of([volume('a')]).contains(Resources.of([volume('b')]))).toBe(true);
    expect(Resources.of([volume('b')]).toMessages()[0]?.disk?.volume?.container_path).toBe('b');
  });

  it('count references to what is shared', () => {
    const shared: Resource = { name: 'disk', type: 'SCALAR', scalar: { value: 10 }, shared: {} };
    const one = Resources.of([shared]);
    const two = one.plus(one);
    expect(two.scalar('disk')).toBe(10);
    expect(two.toMessages()).toHaveLength(2);
    expect(two.minus(one).equals(one)).toBe(true);
    expect(one.contains(two)).toBe(false);
  });

  it('may be given to the role they are reserved to and to its descendants', () => {
    const all = parse('cpus:1;cpus(eng):2;cpus(eng/web):4;cpus(engine):8');
    expect(all.allocatableTo('eng').scalar('cpus')).toBe(3);
    expect(all.allocatableTo('eng/web').scalar('cpus')).toBe(7);
    expect(all.allocatableTo('*').scalar('cpus')).toBe(1);
    expect(all.reserved('eng').scalar('cpus')).toBe(2);
  });

  it('sum scalars of one name as quantities', () => {
    expect([...parse('cpus:1;mem:5;cpus(eng):2;ports:[1-2]').quantities()]).toEqual([
      ['cpus', 3],
      ['mem', 5],
    ]);
  });
});
