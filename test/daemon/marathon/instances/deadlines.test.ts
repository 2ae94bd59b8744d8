// Many deadlines behind one timer.
import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../../../src/daemon/marathon/instances/deadlines.ts';
import { Simulation } from '../../../../src/simulation/index.ts';
import type { Clock } from '../../../../src/world/world.ts';
import fc from '../../../fast-check.ts';

async function onClock(test: (clock: Clock, pass: (ms: number) => Promise<void>) => Promise<void>): Promise<void> {
  const simulation = new Simulation({ seed: 1 });
  const handle = simulation.host('h').start('p', async (world) => world);
  await simulation.runUntil(() => handle.value !== undefined);
  await test(handle.world.clock, (ms) => simulation.run({ forMs: ms }));
}

describe('deadlines', () => {
  it('ring at their time, in order, and only once', () =>
    onClock(async (clock, pass) => {
      const rung: string[] = [];
      const deadlines = new Deadlines<string>(clock, (key) => rung.push(key));
      deadlines.set('late', 300);
      deadlines.set('early', 100);
      deadlines.set('as early', 100);
      await pass(99);
      expect(rung).toEqual([]);
      await pass(2);
      expect(rung).toEqual(['early', 'as early']);
      await pass(1000);
      expect(rung).toEqual(['early', 'as early', 'late']);
    }));

  it('that are moved or cleared ring at their new time, or never', () =>
    onClock(async (clock, pass) => {
      const rung: string[] = [];
      const deadlines = new Deadlines<string>(clock, (key) => rung.push(key));
      for (const key of ['a', 'b', 'c']) deadlines.set(key, 100);
      deadlines.set('a', 500);
      deadlines.clear('b');
      await pass(200);
      expect(rung).toEqual(['c']);
      deadlines.set('a', 10);
      await pass(20);
      expect(rung).toEqual(['c', 'a']);
      expect(deadlines.size).toBe(0);
    }));

  it('may be set anew while they ring', () =>
    onClock(async (clock, pass) => {
      let rung = 0;
      const deadlines: Deadlines<string> = new Deadlines(clock, (key) => {
        rung += 1;
        if (rung < 3) deadlines.set(key, 10);
      });
      deadlines.set('a', 10);
      await pass(100);
      expect(rung).toBe(3);
    }));

  it('keep their order through any sequence of changes', () =>
    onClock(async (clock, pass) => {
      const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.option(fc.integer({ min: 1, max: 50 }))));
      await fc.assert(
        fc.asyncProperty(steps, async (changes) => {
          const rung: number[] = [];
          const wanted = new Map<number, number>();
          const deadlines = new Deadlines<number>(clock, (key) => rung.push(key));
          for (const [key, delayMs] of changes) {
            // A key set again is behind those of the same time.
            wanted.delete(key);
            if (delayMs === null) deadlines.clear(key);
            else {
              deadlines.set(key, delayMs);
              wanted.set(key, delayMs);
            }
          }
          await pass(60);
          expect(rung).toEqual([...wanted].sort((a, b) => a[1] - b[1]).map(([key]) => key));
        }),
        { numRuns: 50 },
      );
    }));
});
