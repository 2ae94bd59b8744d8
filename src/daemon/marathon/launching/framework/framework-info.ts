// What Marathon tells the master of itself (marathon.md 15.5).
import type { FrameworkInfo } from '../../../../mesos/generated/v1.ts';
import type { MarathonOptions } from '../../flags.ts';

/** What flags leave open. */
export interface FrameworkSelf {
  readonly hostname: string;
  readonly user: string;
  /** Where our API is, for links in the master's views. */
  readonly webUiUrl: string | undefined;
}

type Options = Pick<
  MarathonOptions,
  'frameworkName' | 'mesosUser' | 'failoverTimeoutSeconds' | 'checkpoint' | 'hostname' | 'webuiUrl' | 'enableFeatures'
>;

/** Without an id; `roles` are all that services have asked for so far. */
export function frameworkInfo(options: Options, self: FrameworkSelf, roles: readonly string[]): FrameworkInfo {
  const features: readonly string[] = options.enableFeatures?.value ?? [];
  const webui_url = options.webuiUrl ?? self.webUiUrl;
  return {
    user: options.mesosUser ?? self.user,
    name: options.frameworkName,
    failover_timeout: options.failoverTimeoutSeconds,
    checkpoint: options.checkpoint,
    hostname: options.hostname ?? self.hostname,
    ...(webui_url !== undefined && { webui_url }),
    roles: [...roles],
    capabilities: [
      { type: 'PARTITION_AWARE' },
      { type: 'REGION_AWARE' },
      { type: 'MULTI_ROLE' },
      ...(features.includes('task_killing') ? [{ type: 'TASK_KILLING_STATE' as const }] : []),
      ...(features.includes('gpu_resources') ? [{ type: 'GPU_RESOURCES' as const }] : []),
    ],
  };
}
