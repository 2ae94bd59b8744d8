// Promises of Clock, Random and Host.
import { describe, expect } from 'vitest';
import { type MakeHarness, promises } from './harness.ts';

export function describeClockContract(makeHarness: MakeHarness): void {
  describe('clock, chance, host', () => {
    const promise = promises(makeHarness);

    promise('a timer fires once, not before its time, and never from inside setTimer', async ({ world: { clock } }) => {
      const startMs = clock.monotonicMs();
      const fired: number[] = [];
      clock.setTimer(20, () => fired.push(clock.monotonicMs() - startMs));
      clock.setTimer(0, () => fired.push(-1));
      expect(fired).toEqual([]);
      await clock.sleep(60);
      expect(fired[0]).toBe(-1);
      expect(fired).toHaveLength(2);
      expect(fired[1]).toBeGreaterThanOrEqual(19);
    });

    promise('a cancelled timer never fires, and cancelling late is harmless', async ({ world: { clock } }) => {
      let fired = 0;
      const timer = clock.setTimer(10, () => fired++);
      timer.cancel();
      timer.cancel();
      const late = clock.setTimer(1, () => fired++);
      await clock.sleep(30);
      late.cancel();
      expect(fired).toBe(1);
    });

    promise('every ticks until it is cancelled, the first time after one interval', async ({ world: { clock } }) => {
      let ticks = 0;
      let firstMs = 0;
      const startMs = clock.monotonicMs();
      const timer = clock.every(10, () => {
        ticks++;
        if (ticks === 1) firstMs = clock.monotonicMs() - startMs;
        if (ticks === 3) timer.cancel();
      });
      for (let waited = 0; ticks < 3 && waited < 500; waited++) await clock.sleep(10);
      expect(firstMs).toBeGreaterThanOrEqual(9);
      expect(ticks).toBe(3);
      await clock.sleep(50);
      expect(ticks).toBe(3);
    });

    promise('a delay longer than 2^31 ms is not taken for none', async ({ world: { clock } }) => {
      let fired = false;
      const timer = clock.setTimer(30 * 24 * 3_600_000, () => {
        fired = true;
      });
      await clock.sleep(10);
      expect(fired).toBe(false);
      timer.cancel();
    });

    promise('the monotonic clock does not go back, and the wall clock is after 2001', async ({ world: { clock } }) => {
      const before = clock.monotonicMs();
      await clock.sleep(5);
      expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before + 4);
      expect(clock.nowMs()).toBeGreaterThan(1e12);
    });

    promise('chance stays within its bounds', async ({ world: { random } }) => {
      for (let round = 0; round < 200; round++) {
        const float = random.float();
        expect(float >= 0 && float < 1).toBe(true);
        const integer = random.integer(7);
        expect(Number.isInteger(integer) && integer >= 0 && integer < 7).toBe(true);
      }
      expect(random.bytes(16)).toHaveLength(16);
      expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const items = [1, 2, 3, 4, 5];
      expect(random.shuffle(items)).toBe(items);
      expect([...items].sort()).toEqual([1, 2, 3, 4, 5]);
    });

    promise('the host knows its size, its boot and its users', async ({ world: { host } }) => {
      expect(host.cpus).toBeGreaterThan(0);
      expect(host.memoryBytes).toBeGreaterThan(0);
      expect(host.freeMemoryBytes()).toBeGreaterThan(0);
      expect(host.loadAverage()).toHaveLength(3);
      const bootId = await host.bootId();
      expect(bootId).not.toBe('');
      expect(await host.bootId()).toBe(bootId);
      const me = await host.user(host.currentUser);
      expect(me?.name).toBe(host.currentUser);
      expect(host.userName(me?.uid ?? -1)).toBe(host.currentUser);
      expect(host.userName(123_456_789)).toBe('123456789');
      expect(await host.user('no-such-user-here')).toBeUndefined();
      expect(await host.lookup('127.0.0.1')).toBe('127.0.0.1');
      expect(await host.lookupAll('127.0.0.1')).toEqual(['127.0.0.1']);
      await expect(host.lookupAll('no-such-host.invalid')).rejects.toMatchObject({ code: 'unresolved' });
      await expect(host.lookup('no-such-host.invalid')).rejects.toMatchObject({ code: 'unresolved' });
    });
  });
}
