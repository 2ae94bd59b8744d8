// Cutting resources to an amount: of several disks, whichever come first; of those that cannot be divided, whole ones only.
import { describe, expect, it } from 'vitest';
import { shrink } from '../../../src/allocator/quota/shrink.ts';
import type { Resource } from '../../../src/mesos/generated/v1.ts';
import type { Item } from '../../../src/mesos/resources/item.ts';
import { Resources } from '../../../src/mesos/resources.ts';

const mount = (value: number, root: string): Resource => ({
  name: 'disk',
  type: 'SCALAR',
  scalar: { value },
  disk: { source: { type: 'MOUNT', mount: { root } } },
});
const path = (value: number, root: string): Resource => ({
  name: 'disk',
  type: 'SCALAR',
  scalar: { value },
  disk: { source: { type: 'PATH', path: { root } } },
});

/** What is left when `units` of each name may be taken. */
function cut(resources: Resources, units: Record<string, number>, shuffle?: (items: Item[]) => Item[]): string {
  return shrink(resources, (name) => (units[name] ?? 0) * 1000, shuffle).format();
}
const backwards = (items: Item[]): Item[] => items.reverse();

describe('what is cut to an amount', () => {
  const plain = Resources.parse('cpus:4;mem:100');

  it('is the very same collection when there is no more than that', () => {
    expect(shrink(plain, () => Number.POSITIVE_INFINITY)).toBe(plain);
    expect(shrink(plain, (name) => (name === 'cpus' ? 4000 : 100_000))).toBe(plain);
  });

  it('loses names that nothing may be taken of, and what lies beyond', () => {
    expect(cut(plain, { cpus: 1.5 })).toBe('cpus:1.5');
    expect(cut(plain, {})).toBe('');
    expect(shrink(plain, () => -5).isEmpty).toBe(true);
  });

  it('takes of several disks of one name as much as of one', () => {
    const disks = Resources.of([path(30, '/p1'), path(50, '/p2')]).plus(Resources.parse('disk:20'));
    expect(cut(disks, { disk: 60 })).toBe('disk[PATH:/p1]:30; disk[PATH:/p2]:30');
    expect(cut(disks, { disk: 60 }, backwards)).toBe('disk:20; disk[PATH:/p2]:40');
    expect(cut(disks, { disk: 100 }, backwards)).toBe('disk[PATH:/p1]:30; disk[PATH:/p2]:50; disk:20');
  });

  it('takes a mounted disk whole or not at all, and goes on to the next', () => {
    const disks = Resources.of([mount(50, '/m1'), mount(20, '/m2')]).plus(Resources.parse('disk:30'));
    expect(cut(disks, { disk: 49 })).toBe('disk[MOUNT:/m2]:20; disk:29');
    expect(cut(disks, { disk: 69 })).toBe('disk[MOUNT:/m1]:50; disk:19');
    expect(cut(disks, { disk: 69 }, backwards)).toBe('disk:30; disk[MOUNT:/m2]:20');
    expect(cut(Resources.of([mount(50, '/m1')]), { disk: 49 })).toBe('');
  });

  it('is left to chance only where there is something to choose', () => {
    const never = (): Item[] => {
      throw new Error('nothing to choose');
    };
    expect(cut(plain, { cpus: 1, mem: 1 }, never)).toBe('cpus:1; mem:1');
  });
});
