// Time as the machine tells it.
import type { Clock, Timer } from '../world.ts';

/** Node takes a longer delay for 1 ms; longer ones are waited for in pieces. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Timers fire never early, and later when the process is busy. */
export const realClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now() + wallDriftMs(),
  monotonicMs: () => performance.now(),
  setTimer,
  every(intervalMs, fn): Timer {
    const handle = setInterval(fn, Math.min(Math.max(intervalMs, 1), LONGEST_DELAY_MS));
    return { cancel: () => clearInterval(handle) };
  },
  sleep: (delayMs) => new Promise((resolve) => setTimer(delayMs, resolve)),
};

/**
 * `timeOrigin + now()` has fractions but does not follow the wall clock when that is set, nor through a suspend of the
 * machine; beyond a tick of difference the wall clock wins.
 */
function wallDriftMs(): number {
  const driftMs = Date.now() - (performance.timeOrigin + performance.now());
  return Math.abs(driftMs) > 2 ? driftMs : 0;
}

function setTimer(delayMs: number, fn: () => void): Timer {
  const deadlineMs = performance.now() + delayMs;
  let handle = setTimeout(ring, pieceOf(delayMs));
  function ring(): void {
    const leftMs = deadlineMs - performance.now();
    // Node's timers count whole milliseconds and may ring a fraction early.
    if (leftMs > 0) handle = setTimeout(ring, pieceOf(leftMs));
    else fn();
  }
  return { cancel: () => clearTimeout(handle) };
}

const pieceOf = (delayMs: number): number => Math.min(Math.max(Math.ceil(delayMs), 0), LONGEST_DELAY_MS);
