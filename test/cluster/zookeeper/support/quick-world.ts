// A world whose pauses are over at once: time passes only as far as somebody waits for it.
import type { World } from '../../../../src/world/world.ts';
import { silentLog } from '../../../client/support/fake-master.ts';

/** Random bytes that differ for every world, so that writers do. */
let worlds = 0;

export function quickWorld(): Pick<World, 'clock' | 'random' | 'log'> & { elapse(ms: number): void } {
  let nowMs = 0;
  const own = ++worlds;
  const timers = new Set<{ readonly atMs: number; readonly fn: () => void }>();
  const elapse = (ms: number): void => {
    nowMs += ms;
    for (const timer of timers) {
      if (timer.atMs > nowMs) continue;
      timers.delete(timer);
      timer.fn();
    }
  };
  const clock: Pick<World['clock'], 'monotonicMs' | 'nowMs' | 'setTimer' | 'sleep'> = {
    monotonicMs: () => nowMs,
    nowMs: () => nowMs,
    setTimer: (delayMs, fn) => {
      const timer = { atMs: nowMs + delayMs, fn };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    sleep: async (delayMs) => {
      await new Promise((resolve) => setImmediate(resolve));
      elapse(delayMs);
    },
  };
  const random = {
    bytes: (count: number) => new Uint8Array(count).fill(own),
    uuid: () => `00000000-0000-4000-8000-${`${own}`.padStart(12, '0')}`,
  };
  return { clock, random, log: silentLog, elapse } as unknown as ReturnType<typeof quickWorld>;
}
