// The three versions an app tells, in one line.
import type { App } from '../../../../../src/daemon/marathon/model/app.ts';

/** version, lastScalingAt, lastConfigChangeAt. */
export function versionInfoOf({ version, versionInfo }: App) {
  return [version, versionInfo?.lastScalingAt, versionInfo?.lastConfigChangeAt];
}
