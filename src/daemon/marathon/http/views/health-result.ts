// Results of health checks as the API shows them (marathon.md 17.3).
import type { HealthResult } from '../../core.ts';
import type { InstanceId } from '../../model/instance.ts';
import type { JsonValue } from '../../model/json.ts';
import { timestamp } from '../../model/time.ts';

/** One entry of `healthCheckResults`. */
export function healthResultJson(instanceId: InstanceId, result: HealthResult): JsonValue {
  const at = (name: string, ms: number | undefined) => (ms === undefined ? {} : { [name]: timestamp(ms) });
  return {
    alive: result.alive,
    consecutiveFailures: result.consecutiveFailures,
    ...at('firstSuccess', result.firstSuccessMs),
    ...at('lastFailure', result.lastFailureMs),
    ...at('lastSuccess', result.lastSuccessMs),
    ...(result.lastFailureCause !== undefined && { lastFailureCause: result.lastFailureCause }),
    instanceId,
  };
}
