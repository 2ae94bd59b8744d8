// Metrics of the last turns, for a page and for a file that the node exporter reads (haproxy.md 10.11, 15.7).
import type { State } from '../../../haproxy/apply/memory/state-file.ts';
import { type BalancerFigures, metricsText } from '../../../haproxy/watch/metrics.ts';
import type { World } from '../../../world/world.ts';

/** `isStreamConnected`: of watch alone. */
export function figuresOf(state: State, isStreamConnected?: boolean): BalancerFigures {
  const { counts, excluded, lastSuccessMs, lastTurn, reloads, runtimeUpdates } = state;
  return {
    ...(lastSuccessMs !== undefined && { lastSuccessMs }),
    ...(lastTurn !== undefined && { turnSeconds: lastTurn.seconds }),
    reloads,
    runtimeUpdates,
    excludedServices: excluded.filter(({ keepsLastGood }) => !keepsLastGood).length,
    ...(isStreamConnected !== undefined && { isStreamConnected }),
    ...(counts !== undefined && { servers: counts.servers }),
  };
}

/** Readable by everyone: an exporter has a user of its own. Throws DiskError. */
export async function writeMetrics({ disk }: Pick<World, 'disk'>, path: string, state: State): Promise<void> {
  await disk.writeAtomic(path, metricsText(figuresOf(state)), { mode: 0o644 });
}
