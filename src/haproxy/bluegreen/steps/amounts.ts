// The numbers of a deployment (haproxy.md 16.3 to 16.8). n is the new colour's size, o the old one's, T the wanted size.

/** How fast it may go. */
export interface Pace {
  /** First size of the new colour. */
  readonly initialInstances: number;
  /** Added at each step; absent: half as many again as there are. */
  readonly linearIncrease?: number;
  /** How long connections of old tasks, and balancers, are waited for. */
  readonly maxWaitMs: number;
}

/** Old instances that the new ones make dispensable: no more than are new, and T must remain. */
export function surplusOf(n: number, o: number, T: number): number {
  return Math.min(o, n, Math.max(0, n + o - T));
}

/** n + ⌊(n+1)/2⌋, never above the target, and straight to it when that is as many as are old. */
export function nextSize(n: number, o: number, target: number, pace: Pace): number {
  const increase = pace.linearIncrease ?? Math.floor((n + 1) / 2);
  const size = n === 0 ? Math.max(1, pace.initialInstances) : n + Math.max(1, increase);
  return size >= o ? target : Math.min(size, target);
}

/** As `nextSize` for a deployment that stops on its way: never straight to the end (haproxy.md 16.8). */
export function nextSizeTowards(n: number, stop: number, pace: Pace): number {
  return Math.min(stop, nextSize(n, Number.POSITIVE_INFINITY, stop, pace));
}

/** What a new colour is created with. */
export function firstSize(target: number, newInstances: number | undefined, pace: Pace): number {
  return Math.min(pace.initialInstances, target, newInstances ?? target);
}
