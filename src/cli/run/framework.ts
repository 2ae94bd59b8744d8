// What commands are to the master that run something and wait for its end.
import type { FrameworkInfo } from '../../mesos/generated/v1.ts';

/** How long the master keeps the framework when we are cut off: a broken network must not end a long task. */
const FAILOVER_SECONDS = 120;

/** It checkpoints, so that its tasks outlive an agent restart, and outlives its scheduler by FAILOVER_SECONDS. */
export function runnerFramework(facts: {
  readonly name: string;
  readonly user: string;
  readonly role: string;
  readonly hostname: string;
  readonly takesGpus: boolean;
  /** Volumes that others may use at the same time. */
  readonly takesShared?: boolean;
}): FrameworkInfo {
  return {
    user: facts.user,
    name: facts.name,
    roles: [facts.role],
    hostname: facts.hostname,
    checkpoint: true,
    failover_timeout: FAILOVER_SECONDS,
    capabilities: [
      { type: 'MULTI_ROLE' },
      { type: 'RESERVATION_REFINEMENT' },
      { type: 'PARTITION_AWARE' },
      { type: 'TASK_KILLING_STATE' },
      ...(facts.takesGpus ? [{ type: 'GPU_RESOURCES' as const }] : []),
      ...(facts.takesShared === true ? [{ type: 'SHARED_RESOURCES' as const }] : []),
    ],
  };
}
