// The queue of due times, held against a sorted list.
import { expect, test } from 'vitest';
import { DueQueue } from '../../../src/daemon/serving/due-queue.ts';
import fc from '../../fast-check.ts';

const key = fc.integer({ min: 0, max: 12 });
const act = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, atMs: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant('clear' as const), key }),
);

test('What was set comes out by its last time, of equal times the one set first, whatever was moved and cleared', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const queue = new DueQueue<number>();
      let expected: { readonly key: number; readonly atMs: number }[] = [];
      for (const one of acts) {
        const others = expected.filter((entry) => entry.key !== one.key);
        if (one.kind === 'clear') expect(queue.clear(one.key)).toBe(others.length < expected.length);
        else queue.set(one.key, one.atMs);
        expected = one.kind === 'set' ? [...others, { key: one.key, atMs: one.atMs }] : others;
      }
      expect(queue.size).toBe(expected.length);
      const out: unknown[] = [];
      for (let { first } = queue; first !== undefined; first = queue.first) {
        out.push({ key: first.key, atMs: first.atMs });
        queue.clear(first.key);
      }
      expect(out).toEqual(expected.toSorted((a, b) => a.atMs - b.atMs));
    }),
  );
});
