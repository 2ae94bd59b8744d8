// What Chronos tells the master of itself (chronos.md 14.1).
import type { FrameworkInfo } from '../../../mesos/generated/v1.ts';
import type { ChronosOptions } from '../flags.ts';

/** What flags leave open. */
export interface FrameworkSelf {
  readonly hostname: string;
  readonly user: string;
  /** Where our API is, for links in the master's views. */
  readonly webUiUrl: string;
}

type Options = Pick<
  ChronosOptions,
  'mesosFrameworkName' | 'user' | 'failoverTimeoutSeconds' | 'mesosCheckpoint' | 'hostname' | 'mesosRole'
>;

/** Without an id. */
export function frameworkInfo(options: Options, self: FrameworkSelf): FrameworkInfo {
  return {
    user: options.user ?? self.user,
    name: options.mesosFrameworkName,
    failover_timeout: options.failoverTimeoutSeconds,
    checkpoint: options.mesosCheckpoint,
    hostname: options.hostname ?? self.hostname,
    webui_url: self.webUiUrl,
    roles: [options.mesosRole],
    capabilities: [{ type: 'PARTITION_AWARE' }, { type: 'MULTI_ROLE' }],
  };
}
