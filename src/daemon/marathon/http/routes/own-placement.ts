import type { Marathon } from '../../marathon.ts';
import type { DeploymentPlan } from '../../model/deployment.ts';
import type { JsonValue } from '../../model/json.ts';
export async function placementsOf(_marathon: Marathon, _plan: DeploymentPlan): Promise<JsonValue> {
  return [];
}
