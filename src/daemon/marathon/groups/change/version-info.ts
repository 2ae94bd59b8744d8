// Which version an app has after a change, and what it says about its past (marathon.md 4).
import { isConfigChange } from '../../apps/index.ts';
import type { App } from '../../model/app.ts';
import type { Timestamp } from '../../model/time.ts';

/**
 * `after` as it is stored by the change `version`; `before` itself, the same object, when nothing of it changed.
 * `isRestarted`: its tasks are to be replaced whether or not something changed.
 */
export function withVersionInfo(
  before: App | undefined,
  after: App,
  version: Timestamp,
  { isRestarted = false }: { readonly isRestarted?: boolean } = {},
): App {
  if (before === undefined || isConfigChange(before, after)) return versioned(after, version, version, version);
  const { lastScalingAt, lastConfigChangeAt } = before.versionInfo ?? {
    lastScalingAt: before.version,
    lastConfigChangeAt: before.version,
  };
  const isScaled = before.instances !== after.instances;
  if (!isScaled && !isRestarted && !executorResourcesDiffer(before, after)) return before;
  return versioned(after, version, isScaled ? version : lastScalingAt, isRestarted ? version : lastConfigChangeAt);
}

function versioned(app: App, version: Timestamp, lastScalingAt: Timestamp, lastConfigChangeAt: Timestamp): App {
  return { ...app, version, versionInfo: { lastScalingAt, lastConfigChangeAt } };
}

/** These alone make a new version without replacing tasks (marathon.md 12.2). */
function executorResourcesDiffer({ executorResources: a }: App, { executorResources: b }: App): boolean {
  return a?.cpus !== b?.cpus || a?.mem !== b?.mem || a?.disk !== b?.disk;
}
