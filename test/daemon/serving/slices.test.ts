import { describe, expect, it } from 'vitest';
import { atOnce, forEach, joined, mapped, type Sliced } from '../../../src/daemon/serving/slices/sliced.ts';
import { Slices } from '../../../src/daemon/serving/slices/slices.ts';
import { sorted } from '../../../src/daemon/serving/slices/sorted.ts';
import type { Clock } from '../../../src/world/world.ts';
import fc from '../../fast-check.ts';

/** Every look at it is a millisecond later; timers ring when they are told to. */
class TickingClock {
  ms = 0;
  readonly timers = new Set<() => void>();
  readonly clock = {
    monotonicMs: () => this.ms++,
    setTimer: (_delayMs: number, ring: () => void) => {
      this.timers.add(ring);
      return { cancel: () => this.timers.delete(ring) };
    },
  } as Partial<Clock> as Clock;

  /** What a turn of the event loop does; false when there was nothing to do. */
  turn(): boolean {
    const due = [...this.timers];
    for (const ring of due) {
      this.timers.delete(ring);
      ring();
    }
    return due.length > 0;
  }
}

function* steps(name: string, count: number, done: string[]): Sliced<string> {
  for (let step = 0; step < count; step++) {
    done.push(`${name}${step}`);
    yield;
  }
  return name;
}

describe('work in slices', () => {
  it('gives others a turn every few milliseconds, and every job its own slice', async () => {
    const world = new TickingClock();
    const slices = new Slices(world.clock);
    const done: string[] = [];
    const both = Promise.all([slices.run(steps('a', 12, done)), slices.run(steps('b', 3, done))]);
    expect(done).toEqual([]);
    world.turn();
    expect(done).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']);
    world.turn();
    expect(done.slice(8)).toEqual(['b0', 'b1', 'b2', 'a8', 'a9', 'a10', 'a11']);
    while (world.turn());
    expect(await both).toEqual(['a', 'b']);
    expect(world.timers.size).toBe(0);
  });

  it('tells what a job has thrown, and goes on with the others', async () => {
    const world = new TickingClock();
    const slices = new Slices(world.clock);
    const broken = slices.run(
      (function* (): Sliced<never> {
        yield;
        throw new Error('broken');
      })(),
    );
    const other = slices.run(steps('a', 1, []));
    const told = expect(broken).rejects.toThrow('broken');
    while (world.turn());
    await told;
    expect(await other).toBe('a');
  });

  it('may be interrupted between few items', () => {
    const work = forEach(Array.from({ length: 100 }), () => undefined);
    let yields = 0;
    while (work.next().done !== true) yields += 1;
    expect(yields).toBeGreaterThan(4);
    expect(atOnce(mapped([1, 2, 3], (item) => item * 2))).toEqual([2, 4, 6]);
    expect(atOnce(joined([Buffer.from('ab'), Buffer.from(''), Buffer.from('c')])).toString()).toBe('abc');
  });

  it('sorts as sorting at once does: equal ones stay in their order', () => {
    const lists = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 0, maxLength: 9000, size: 'max' });
    fc.assert(
      fc.property(lists, (keys) => {
        const items = keys.map((key, index) => ({ key, index }));
        const compare = (a: { key: number }, b: { key: number }) => b.key - a.key;
        expect(atOnce(sorted(items, compare))).toEqual(items.toSorted(compare));
      }),
      { numRuns: 20 },
    );
  });
});
