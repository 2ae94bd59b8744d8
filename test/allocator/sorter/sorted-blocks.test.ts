// A list in blocks is to whoever walks over it what a sorted array is, however many come and go.
import { describe, expect, it } from 'vitest';
import { SortedBlocks } from '../../../src/allocator/sorter/sorted-blocks.ts';
import fc from '../../fast-check.ts';

interface Entry {
  readonly key: number;
}

const KEYS = 700;

/** Entries 0 to 699; a list of those whose keys are in `first`. */
function listOf(first: readonly number[]) {
  const entries = Array.from({ length: KEYS }, (_, key): Entry => ({ key }));
  const list = new SortedBlocks<Entry>((a, b) => a.key - b.key);
  list.adopt([...first].sort((a, b) => a - b).map((key) => entries[key] as Entry));
  const keys = (): number[] => [...list.blocks].flat().map(({ key }) => key);
  return { list, keys, entry: (key: number): Entry => entries[key] as Entry };
}

const someKeys = fc.uniqueArray(fc.nat(KEYS - 1), { maxLength: KEYS, size: 'max' });

describe('a sorted list in blocks', () => {
  it('is in order after any additions and removals, without an empty block', () => {
    fc.assert(
      fc.property(someKeys, someKeys, (first, toggled) => {
        const { list, keys, entry } = listOf(first);
        const expected = new Set(first);
        for (const key of toggled) {
          if (expected.delete(key)) expect(list.remove(entry(key))).toBe(true);
          else {
            expected.add(key);
            list.add(entry(key));
          }
        }
        expect(keys()).toEqual([...expected].sort((a, b) => a - b));
        expect(list.toArray()).toEqual(keys().map(entry));
        expect(list.size).toBe(expected.size);
        expect(list.blocks.every((block) => block.length > 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('takes whoever was first, time and again, to the end', () => {
    let next = 0;
    const list = new SortedBlocks<{ key: number; readonly name: number }>((a, b) => a.key - b.key);
    for (let name = 0; name < 300; name++) list.add({ key: next++, name });
    const served: number[] = [];
    for (let i = 0; i < 900; i++) {
      const first = list.blocks[0]?.[0];
      if (first === undefined) throw new Error('Nobody is left');
      served.push(first.name);
      list.remove(first);
      first.key = next++;
      list.add(first);
    }
    expect(served).toEqual(Array.from({ length: 900 }, (_, i) => i % 300));
    // Blocks that run empty go, and none grows without end.
    expect(list.blocks.length).toBeLessThan(10);
    expect(Math.max(...list.blocks.map((block) => block.length))).toBeLessThan(128);
  });

  it('does not mind who is not in it', () => {
    const { list, keys, entry } = listOf([3, 5]);
    expect(list.remove(entry(4))).toBe(false);
    expect(list.remove(entry(6))).toBe(false);
    expect(listOf([]).list.remove(entry(1))).toBe(false);
    expect(keys()).toEqual([3, 5]);
  });
});
