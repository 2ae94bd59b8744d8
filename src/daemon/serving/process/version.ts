// What /version and GET_VERSION say. `version` is the Mesos version whose behaviour and wire formats these daemons have,
// since clients compare it to decide what they may use; mctl's own version is told by `mctl --version`.
import type { VersionInfo } from '../../../mesos/generated/v1.ts';

/** The Mesos release whose behaviour is told to clients. */
export const MESOS_VERSION = '1.12.0';

/** Of this build; the same for every daemon. */
export const VERSION_INFO: VersionInfo = {
  version: MESOS_VERSION,
  build_date: '2026-11-21 00:00:00 UTC',
  build_time: 1795219200,
  build_user: 'mctl',
};
