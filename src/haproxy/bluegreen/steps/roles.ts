// Which colour the balancers take for the new one (haproxy.md 16.3): of a shared deployment whose first colour was scaled
// last, the first.
import type { Colour } from '../colours/colours.ts';

/** False also for deployments that are not shared: their last colour is the new one whatever is scaled. */
export function isGivenBackTo(first: Colour, last: Colour): boolean {
  return (last.newInstances ?? 0) > 0 && scaledAtMs(first) > scaledAtMs(last);
}

function scaledAtMs({ app }: Colour): number {
  const ms = Date.parse(app.lastScalingAt ?? '');
  return Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms;
}
